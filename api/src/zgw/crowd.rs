//! How many requests of one client are handled at the same time, and the end of it: a client that calls in a loop
//! must not keep the others waiting. Counted per process and per client id, of verified tokens only.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// The requests that are being handled.
#[derive(Debug)]
pub struct Crowd {
    most: usize,
    present: Mutex<HashMap<String, usize>>,
}

/// A request of a client that is being handled; dropped, it makes room.
#[derive(Debug)]
pub struct Place {
    crowd: Arc<Crowd>,
    client_id: String,
}

impl Crowd {
    /// At most `most` requests of one client.
    pub fn new(most: usize) -> Self {
        Self {
            most,
            present: Mutex::default(),
        }
    }

    /// A place for one more request of a client; `None` when it has as many as it may.
    pub fn enter(self: &Arc<Self>, client_id: &str) -> Option<Place> {
        let mut present = self.present();
        let here = present.entry(client_id.to_owned()).or_default();
        if *here >= self.most {
            return None;
        }
        *here += 1;
        Some(Place {
            crowd: Arc::clone(self),
            client_id: client_id.to_owned(),
        })
    }

    /// A count is whole also after a panic elsewhere.
    fn present(&self) -> MutexGuard<'_, HashMap<String, usize>> {
        self.present.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut present = self.crowd.present();
        if let Some(here) = present.get_mut(&self.client_id) {
            *here -= 1;
            if *here == 0 {
                present.remove(&self.client_id);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_client_has_its_own_places_and_gives_them_back() {
        let crowd = Arc::new(Crowd::new(2));
        let (first, second) = (crowd.enter("a"), crowd.enter("a"));
        assert!(first.is_some() && second.is_some());
        assert!(crowd.enter("a").is_none());
        assert!(crowd.enter("b").is_some());
        drop(first);
        let third = crowd.enter("a");
        assert!(third.is_some() && crowd.enter("a").is_none());
        drop((second, third));
        assert!(crowd.present().is_empty(), "nobody is remembered");
    }
}
