package dev.millrace.cli;

import dev.millrace.engine.settings.Start;
import java.time.Instant;
import java.util.Locale;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/// Where a run ends by itself.
sealed interface Until {
  /// Where the topics end when it starts.
  record End() implements Until {}

  /// At the first record of this time or later.
  record Time(Instant time) implements Until {}

  /// Reads what a person writes: `end`, or a time as [Start#read] understands it.
  final class Parser implements ITypeConverter<Until> {
    @Override
    public Until convert(String text) {
      if (text.strip().toLowerCase(Locale.ROOT).equals("end")) {
        return new End();
      }
      return Start.read(text)
          .flatMap(where -> where.time(Instant.now()))
          .map(Time::new)
          .orElseThrow(() ->
              new TypeConversionException(
                  "'"
                      + text
                      + "' is neither end nor a time as 2026-01-31T12:00:00Z, or how far back"
                      + " as 15m, 2h, 3d"));
    }
  }
}
