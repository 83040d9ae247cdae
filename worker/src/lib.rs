//! The delivery process of Open Klant: takes messages from the outbox and offers them to the Notificaties API.
