//! Tokens by command.

use std::time::Duration;

use openklant_shared::clock::Clock;
use openklant_shared::jwt::{Rules, peek};
use openklant_tests::program::Program;

#[tokio::test]
async fn prints_a_token_and_nothing_else() {
    let program = Program::new();
    program
        .run_given(
            "applicatie add --label L --client-id loket --alle-autorisaties",
            "chosen",
        )
        .await
        .well();
    let printed = program
        .run("token --client-id loket --user-id fdv --user-representation F.de.Vries")
        .await
        .well();
    let token = printed.strip_suffix('\n').expect("one line");
    let rules = Rules {
        leeway: Duration::from_secs(5),
        max_age: Some(Duration::from_mins(1)),
    };
    let claims = peek(token)
        .expect("a token")
        .verify(["chosen"], &rules, Clock::System.now())
        .expect("a fresh token, signed with the secret");
    assert_eq!(claims.client_id, "loket");
    assert_eq!(claims.user_id, "fdv");
    assert_eq!(claims.user_representation, "F.de.Vries");
}
