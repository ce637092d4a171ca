//! What must not be written into a journey: which fields hold secrets, by what they are called.

/// Words in a field's name, label or selector that speak of a secret.
const SECRET_WORDS: [&str; 22] = [
    "password",
    "passwd",
    "passwort",
    "kennwort",
    "pwd",
    "pass",
    "passphrase",
    "passcode",
    "secret",
    "token",
    "otp",
    "totp",
    "pin",
    "cvc",
    "cvv",
    "csc",
    "apikey",
    "auth",
    "session",
    "signature",
    "jwt",
    "authorization",
];

/// Parts of words that do so wherever they stand.
const SECRET_PARTS: [&str; 8] = [
    "password",
    "passwort",
    "kennwort",
    "passphrase",
    "mot de passe",
    "contraseña",
    "contrasena",
    "card number",
];

/// Whether a field, parameter or selector with these words holds a secret.
pub(super) fn speaks_of_secret(words: &str) -> bool {
    word(words).is_some()
}

/// The word that says so, to name a variable after.
pub(super) fn word(words: &str) -> Option<&'static str> {
    let lower = words.to_lowercase();
    let part = SECRET_PARTS.iter().find(|part| lower.contains(*part));
    part.copied().or_else(|| {
        split(words).find_map(|word| SECRET_WORDS.iter().copied().find(|known| *known == word))
    })
}

/// The words of a name, whatever joins them: `user_pass`, `userPass`, `user-pass`.
fn split(words: &str) -> impl Iterator<Item = String> {
    let mut all = vec![String::new()];
    let mut lower_before = false;
    for c in words.chars() {
        if !c.is_alphanumeric() || (c.is_uppercase() && lower_before) {
            all.push(String::new());
        }
        if c.is_alphanumeric() {
            all.last_mut().expect("one is there from the start").extend(c.to_lowercase());
        }
        lower_before = c.is_lowercase();
    }
    all.into_iter().filter(|word| !word.is_empty())
}

/// The environment variable for a variable: `card-pin` → `CARD_PIN`.
pub(super) fn environment(variable: &str) -> String {
    variable.to_ascii_uppercase().replace('-', "_")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_are_known_by_their_names() {
        for words in ["Password", "#user_pass", "newPassword2", "aria/Passwort", "[name='otp']"] {
            assert!(speaks_of_secret(words), "{words}");
        }
        for words in ["Name", "passenger", "#pinboard", "Author", "compass"] {
            assert!(!speaks_of_secret(words), "{words}");
        }
    }
}
