package dev.millrace.examples;

import dev.millrace.plugin.Mismatch;
import dev.millrace.plugin.Validator;
import java.lang.reflect.Type;
import java.util.Optional;

// @start
/// Refuses what an archive of theirs cannot hold.
public final class ShortEvents implements Validator {
  private static final int MOST = 1_000;

  @Override
  public String name() {
    return "short-events";
  }

  @Override
  public Check ofType(Type type) {
    return event ->
        event.bytes().length <= MOST
            ? Optional.empty()
            : Optional.of(new Mismatch("", "must have at most " + MOST + " bytes"));
  }

  @Override
  public Check ofSchema(String text) {
    throw new IllegalArgumentException("is not looked at here: name a type");
  }
}
// @end
