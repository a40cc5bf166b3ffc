package dev.millrace.testing.simulation;

/// Thrown into whoever still uses the clients of a crashed process, so that its code ends where it
/// stood, as under kill -9.
public final class Crashed extends Error {
  private static final long serialVersionUID = 1;

  Crashed(String client) {
    super(client + " has crashed", null, false, false);
  }
}
