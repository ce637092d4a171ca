//! How many users share something: enough of them, or too few to speak of it. A crowd keeps the k
//! smallest hashes of its users, so two crowds can be joined and nothing depends on their order.

/// The least number of users that must share what is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Crowd(u32);

impl Crowd {
    /// What is told unless somebody says otherwise.
    pub const DEFAULT: Crowd = Crowd(5);
    /// More would cost memory and help nobody.
    pub const MOST: u32 = 1000;

    /// A number of users, from 1 to [`Self::MOST`].
    #[must_use]
    pub fn new(users: u32) -> Option<Self> {
        (1..=Self::MOST).contains(&users).then_some(Self(users))
    }

    /// The number.
    #[must_use]
    pub const fn users(self) -> u32 {
        self.0
    }

    const fn width(self) -> usize {
        self.0 as usize
    }
}

/// The users of many things, each by its number.
#[derive(Debug)]
pub(super) struct Crowds {
    least: Crowd,
    /// For each thing as many hashes as are needed, in rising order; `u64::MAX` is a free place.
    hashes: Vec<u64>,
}

impl Crowds {
    pub(super) const fn new(least: Crowd) -> Self {
        Self { least, hashes: Vec::new() }
    }

    /// Forgets all of them.
    pub(super) fn clear(&mut self) {
        self.hashes = Vec::new();
    }

    /// Another thing, that nobody has shared yet.
    pub(super) fn push(&mut self) -> usize {
        let number = self.hashes.len() / self.least.width();
        self.hashes.resize(self.hashes.len() + self.least.width(), u64::MAX);
        number
    }

    /// This user shares it.
    pub(super) fn add(&mut self, thing: usize, user: u64) {
        let width = self.least.width();
        insert(&mut self.hashes[thing * width..(thing + 1) * width], user);
    }

    /// Whoever shares the other thing shares this one.
    pub(super) fn join(&mut self, thing: usize, other: &[u64]) {
        for &user in other.iter().take_while(|&&user| user != u64::MAX) {
            self.add(thing, user);
        }
    }

    /// The users that are known of a thing.
    pub(super) fn of(&self, thing: usize) -> &[u64] {
        let width = self.least.width();
        &self.hashes[thing * width..(thing + 1) * width]
    }

    /// Whether enough users share it.
    pub(super) fn is_enough(&self, thing: usize) -> bool {
        self.of(thing).last() != Some(&u64::MAX)
    }
}

fn insert(hashes: &mut [u64], user: u64) {
    // The largest number marks a free place; the user who has it is counted as its neighbour.
    let user = user.min(u64::MAX - 1);
    if hashes.last().is_none_or(|&last| user >= last) {
        return;
    }
    if let Err(place) = hashes.binary_search(&user) {
        hashes[place..].rotate_right(1);
        hashes[place] = user;
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    proptest::proptest! {
        #[test]
        fn it_is_enough_when_enough_different_users_came(
            users in proptest::collection::vec(0u64..8, 0..20), k in 1u32..7
        ) {
            let mut crowds = Crowds::new(Crowd::new(k).expect("k is not 0"));
            let (all, half) = (crowds.push(), crowds.push());
            for &user in &users {
                crowds.add(all, user);
            }
            for &user in &users[..users.len() / 2] {
                crowds.add(half, user);
            }
            let joined = crowds.push();
            for &user in &users[users.len() / 2..] {
                crowds.add(joined, user);
            }
            let other = crowds.of(half).to_vec();
            crowds.join(joined, &other);
            let distinct = users.iter().collect::<BTreeSet<_>>().len();
            proptest::prop_assert_eq!(crowds.is_enough(all), distinct >= k as usize);
            proptest::prop_assert_eq!(crowds.of(all), crowds.of(joined));
        }
    }
}
