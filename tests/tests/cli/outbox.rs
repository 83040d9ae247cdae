//! What operators see of the queue, and what they do to it.

use openklant_tests::app::Setup;
use openklant_tests::fixtures::{CONTACTMOMENTEN, KLANTEN, contactmoment, klant};
use openklant_tests::listener::Reply;
use openklant_tests::notificaties::Notificaties;
use openklant_tests::program::Program;
use openklant_tests::{App, Database, Kind, on_both};
use serde_json::{Value, json};

async fn json_from(program: &Program, line: &str) -> Value {
    let text = program.run(&format!("{line} --format json")).await.well();
    serde_json::from_str(&text).unwrap_or_else(|error| panic!("{line}: no JSON ({error}): {text}"))
}

/// An API that makes messages, and the program that delivers them.
async fn started(database: &Database, notificaties: &Notificaties) -> (App, Program) {
    let base = [("OPENKLANT_BASE_URL", "https://openklant.example.nl")];
    let app = Setup::new().in_real_time().with(base).start(database).await;
    (app, Program::on(database).with(notificaties.settings()))
}

fn refused() -> Reply {
    let params = json!([{"name": "hoofdObject", "code": "invalid", "reason": "niet goed"}]);
    Reply::json(
        400,
        &json!({"code": "invalid", "status": 400, "invalidParams": params}),
    )
}

async fn log_of(database: &Database) -> Vec<String> {
    let sql = "SELECT operator || ' | ' || command || ' | ' || detail FROM operator_log ORDER BY id";
    database.probe().texts(sql).await
}

/// More messages than two batches.
const MANY: usize = 450;

/// A database with so many parked messages, and the program on it.
async fn many_parked(database: &Database) -> Program {
    let program = Program::on(database);
    program.run("migrate").await.well();
    let insert = "INSERT INTO outbox (uuid, kanaal, object_uuid, message, state, attempts, next_attempt_at, created_at, \
                  finished_at) VALUES ";
    let at = "2026-01-05 09:30:00+00:00";
    let row = |nr| {
        let uuid = format!("00000000-0000-4000-8000-{nr:012}");
        format!("('{uuid}', 'klanten', '{uuid}', '{{}}', 'parked', 1, '{at}', '{at}', '{at}')")
    };
    let rows: Vec<String> = (0..MANY).map(row).collect();
    database
        .probe()
        .execute(&format!("{insert}{}", rows.join(", ")))
        .await;
    program
}

async fn states(database: &Database) -> Vec<String> {
    let outbox = database.probe().outbox().await;
    outbox.into_iter().map(|message| message.state).collect()
}

on_both! {
    async fn a_parked_message_is_seen_and_tried_again(database: Database) {
        let notificaties = Notificaties::start().await;
        let (app, program) = started(&database, &notificaties).await;
        for klantnummer in ["1", "2"] {
            app.client().post(KLANTEN, &klant(klantnummer)).await.is(201);
        }
        let before = json_from(&program, "outbox status").await;
        assert_eq!(before["counts"]["pending"], 2);
        assert!(before["oldestPendingSeconds"].is_number(), "{before}");
        assert_eq!(before["drainSeconds"], Value::Null, "nothing was delivered yet");

        notificaties.next([refused(), refused()]);
        program.run("worker --drain").await.well();
        let after = json_from(&program, "outbox status").await;
        assert_eq!(after["counts"]["parked"], 2, "{after}");
        assert_eq!(after["attempts"], json!({"refused": 2}));
        let text = program.run("outbox status").await.well();
        assert!(text.contains("need a person"), "{text}");

        let listed = json_from(&program, "outbox list --state parked --kanaal klanten --since 1h --oldest-first").await;
        let ids: Vec<i64> = listed.as_array().expect("a list").iter().filter_map(|one| one["id"].as_i64()).collect();
        assert_eq!(ids.len(), 2, "{listed}");
        assert!(ids[0] < ids[1], "{ids:?}");
        assert_eq!(json_from(&program, "outbox list --state delivered").await, json!([]));
        assert_eq!(json_from(&program, "outbox list --limit 1").await[0]["id"], ids[1], "the newest first");
        let object = listed[0]["object"].as_str().expect("a uuid");
        let of_object = json_from(
            &program,
            &format!("outbox list --object https://openklant.example.nl/klanten/api/v1/klanten/{object}"),
        ).await;
        assert_eq!(of_object.as_array().map(Vec::len), Some(1));

        let shown = json_from(&program, &format!("outbox show {}", ids[0])).await;
        assert_eq!(shown["attemptList"][0]["class"], "refused");
        assert_eq!(shown["attemptList"][0]["status"], 400);
        assert!(shown["attemptList"][0]["answer"].as_str().is_some_and(|text| text.contains("niet goed")));
        let trace = shown["traceId"].as_str().expect("made by a request, so in a trace");
        assert_eq!(trace.len(), 32, "{shown}");
        let uuid = shown["uuid"].as_str().expect("a uuid");
        let text = program.run(&format!("outbox show {uuid}")).await.well();
        assert!(text.contains("parked") && text.contains("niet goed") && text.contains(trace), "{text}");
        program.run("outbox show 999999").await.complains(1, "there is no message 999999");

        program.run("outbox retry").await.complains(2, "say which messages");
        program.run("outbox retry --all").await.complains(2, "add --yes");
        program.run("outbox list --since 1h --until 2h").await.complains(2, "is not before --until");
        assert_eq!(
            json_from(&program, "outbox retry --all --dry-run").await,
            json!({"matched": 2, "changed": 0, "dryRun": true})
        );
        assert_eq!(states(&database).await, ["parked", "parked"]);
        assert_eq!(log_of(&database).await, [""; 0]);

        let first = ids[0];
        let retried = json_from(&program, &format!("outbox retry {first} --yes --operator piet")).await;
        assert_eq!(retried["changed"], 1);
        assert_eq!(states(&database).await, ["pending", "parked"]);
        program.run("outbox cancel --state parked --yes --operator piet").await.well();
        program.run("worker --drain").await.well();
        assert_eq!(states(&database).await, ["delivered", "cancelled"]);
        program.run(&format!("outbox retry {first} --yes")).await.complains(1, "is delivered");
        assert_eq!(log_of(&database).await, [
            format!("piet | outbox retry | {first} state=pending state=parked: 1"),
            "piet | outbox cancel | state=parked: 1".to_owned(),
        ]);
    }

    async fn parked_messages_are_chosen_by_class_and_each_sent_once(database: Database) {
        let notificaties = Notificaties::start().await;
        let (app, program) = started(&database, &notificaties).await;
        for klantnummer in ["1", "2", "3"] {
            app.client().post(KLANTEN, &klant(klantnummer)).await.is(201);
        }
        notificaties.next([refused(), refused(), refused()]);
        program.run("worker --drain").await.well();
        assert_eq!(states(&database).await, ["parked"; 3]);
        app.client().post(KLANTEN, &klant("4")).await.is(201);
        program.run("worker --drain").await.well();
        app.client().post(KLANTEN, &klant("5")).await.is(201);

        let numbers = async |line: &str| -> Vec<i64> {
            let listed = json_from(&program, line).await;
            listed.as_array().expect("a list").iter().filter_map(|one| one["id"].as_i64()).collect()
        };
        let all = numbers("outbox list --oldest-first").await;
        assert_eq!(all.len(), 5);
        let of = async |class: &str| numbers(&format!("outbox list --oldest-first --class {class}")).await;
        assert_eq!(of("refused").await, all[..3]);
        assert_eq!(of("delivered").await, all[3..4]);
        assert_eq!(of("temporary").await, [0; 0]);
        assert_eq!(numbers("outbox list --class refused --state delivered").await, [0; 0]);
        assert_eq!(program.run("outbox list --class lost").await.code, Some(2));

        let none = json_from(&program, "outbox retry --class temporary --yes").await;
        assert_eq!(none["changed"], 0);
        let retried = json_from(&program, "outbox retry --class refused --yes").await;
        assert_eq!(retried["changed"], 3);
        assert_eq!(of("refused").await, all[..3], "the class of the last attempt, until there is another");
        program.run("worker --drain").await.well();
        assert_eq!(states(&database).await, ["delivered"; 5]);
        assert_eq!(of("refused").await, [0; 0]);
        assert_eq!(notificaties.accepted().len(), 5, "each once");
    }

    async fn much_is_done_in_batches_and_shown_at_a_terminal(database: Database) {
        let program = many_parked(&database).await;
        let shows_progress = |seen: &str| ["200/450", "400/450", "450/450"].iter().any(|step| seen.contains(step));

        let refused = program.run_at_a_terminal("outbox retry --all", "n\n").await;
        assert!(refused.contains("450 messages would be tried again") && refused.contains("Nothing was done"), "{refused}");
        assert_eq!(log_of(&database).await, [""; 0]);
        let seen = program.run_at_a_terminal("outbox retry --all --operator piet", "y\n").await;
        assert!(shows_progress(&seen) && seen.contains("450 messages will be tried again"), "{seen:?}");
        assert_eq!(states(&database).await, vec!["pending"; MANY]);

        database.probe().execute("UPDATE outbox SET state = 'delivered'").await;
        let seen = program.run_at_a_terminal("outbox replay --since 2020-01-01 --operator piet", "y\n").await;
        assert!(shows_progress(&seen) && seen.contains("450 messages will be sent again"), "{seen:?}");
        assert_eq!(states(&database).await.len(), 2 * MANY);
        // A row per command, brought up to date with each batch.
        assert_eq!(log_of(&database).await, [
            "piet | outbox retry | state=parked: 450",
            "piet | outbox replay | since=2020-01-01T00:00:00Z: 450",
        ]);
        let elsewhere = program.run("outbox cancel --all --state pending --yes").await;
        assert_eq!(elsewhere.stderr, "", "nothing of a bar in a file");
        elsewhere.well();
        let few = program.run_at_a_terminal("outbox replay --since 2020-01-01 --kanaal contactmomenten --yes", "").await;
        assert!(!few.contains("/0"), "{few:?}");
    }

    async fn what_is_cut_off_says_how_far_it_came_and_is_finished_by_the_same_command(database: Database) {
        let program = many_parked(&database).await;
        let stop = match database.kind() {
            Kind::Sqlite => {
                "CREATE TRIGGER stop BEFORE UPDATE ON outbox WHEN NEW.id = 401 \
                 BEGIN SELECT RAISE(ABORT, 'stopped by the test'); END"
            }
            Kind::Postgres => {
                "CREATE FUNCTION stop() RETURNS trigger LANGUAGE plpgsql AS \
                 $$BEGIN RAISE EXCEPTION 'stopped by the test'; END$$; \
                 CREATE TRIGGER stop BEFORE UPDATE ON outbox FOR EACH ROW WHEN (NEW.id = 401) EXECUTE FUNCTION stop()"
            }
        };
        database.probe().execute(stop).await;
        let line = "outbox retry --all --yes --operator piet";
        program.run(line).await.complains(2, "it failed after 400 of 450");
        let count = |states: &[String], state: &str| states.iter().filter(|one| *one == state).count();
        let half = states(&database).await;
        assert_eq!((count(&half, "pending"), count(&half, "parked")), (400, 50));
        assert_eq!(log_of(&database).await, ["piet | outbox retry | state=parked: 400"]);

        let go_on = match database.kind() {
            Kind::Sqlite => "DROP TRIGGER stop",
            Kind::Postgres => "DROP TRIGGER stop ON outbox",
        };
        database.probe().execute(go_on).await;
        assert_eq!(json_from(&program, line).await, json!({"matched": 50, "changed": 50, "dryRun": false}));
        assert_eq!(states(&database).await, vec!["pending"; MANY]);
    }

    async fn what_was_delivered_is_sent_again_unchanged_and_in_order(database: Database) {
        let notificaties = Notificaties::start().await;
        let (app, program) = started(&database, &notificaties).await;
        for klantnummer in ["1", "2", "3"] {
            app.client().post(KLANTEN, &klant(klantnummer)).await.is(201);
        }
        program.run("worker --drain").await.well();
        program.run("outbox replay --yes").await.complains(2, "say which messages");
        for round in 1..=2_usize {
            let replayed = json_from(&program, "outbox replay --since 1h --kanaal klanten --yes").await;
            assert_eq!(replayed, json!({"matched": 3, "changed": 3, "dryRun": false}), "round {round}");
            let outbox = database.probe().outbox().await;
            let texts: Vec<&str> = outbox.iter().map(|message| message.text.as_str()).collect();
            assert_eq!(texts.len(), 3 + 3 * round);
            assert_eq!(texts[..3], texts[3 * round..], "the same bytes in the same order");
        }
        program.run("worker --drain").await.well();
        assert_eq!(notificaties.accepted().len(), 9);
        let nothing = json_from(&program, "outbox replay --until 2020-01-01 --yes").await;
        assert_eq!(nothing["changed"], 0);
    }

    async fn messages_are_made_anew_of_stored_objects(database: Database) {
        let notificaties = Notificaties::start().await;
        let (app, program) = started(&database, &notificaties).await;
        app.client().post(KLANTEN, &klant("1")).await.is(201);
        app.client().post(CONTACTMOMENTEN, &contactmoment()).await.is(201);
        let made = database.probe().outbox().await;
        for (index, kanaal) in ["klanten", "contactmomenten"].into_iter().enumerate() {
            let line = format!("outbox reemit --kanaal {kanaal} --since 1d --yes");
            assert_eq!(json_from(&program, &line).await["changed"], 1, "{line}");
            let outbox = database.probe().outbox().await;
            let mut expected = made[index].message();
            let mut anew = outbox[2 + index].message();
            assert_eq!(anew["actie"], "update");
            for field in ["actie", "aanmaakdatum"] {
                expected[field] = Value::Null;
                anew[field] = Value::Null;
            }
            assert_eq!(anew, expected, "but for what was done and when, the message of a change");
        }
        let origins = database.probe().texts("SELECT origin FROM outbox ORDER BY id").await;
        assert_eq!(origins, ["change", "change", "reemit", "reemit"]);
        let none = "outbox reemit --kanaal klanten --object 0b2a1d1e-8f0e-4a8e-9a53-0d2d7f0e1c11 --yes";
        assert_eq!(json_from(&program, none).await["changed"], 0);
        Program::on(&database)
            .run("outbox reemit --kanaal klanten --yes")
            .await
            .complains(2, "OPENKLANT_BASE_URL is not set");
    }

    async fn delivery_is_paused_and_goes_on(database: Database) {
        let notificaties = Notificaties::start().await;
        let program = Program::on(&database).with(notificaties.settings());
        program.run("outbox pause --operator piet").await.well();
        let paused = json_from(&program, "outbox status").await;
        assert_eq!(paused["pausedBy"], "piet");
        let text = program.run("outbox pause --operator jan").await.well();
        assert!(text.contains("paused already"), "{text}");
        let text = program.run("outbox status").await.well();
        assert!(text.contains("paused by piet"), "{text}");
        program.run("outbox resume --operator jan").await.well();
        assert_eq!(json_from(&program, "outbox status").await["pausedAt"], Value::Null);
        assert_eq!(log_of(&database).await, [
            "piet | outbox pause | delivery paused",
            "jan | outbox resume | delivery resumed",
        ]);
    }
}
