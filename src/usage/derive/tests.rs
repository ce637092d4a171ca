//! Journeys of generated sessions.
