package dev.millrace.cli;

import dev.millrace.engine.settings.Start;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/// Reads what a person writes behind `--from`.
final class StartConverter implements ITypeConverter<Start> {
  @Override
  public Start convert(String text) {
    return Start.read(text)
        .orElseThrow(() ->
            new TypeConversionException(
                "'"
                    + text
                    + "' is none of earliest, latest, an offset, a time as 2026-01-31T12:00:00Z, or"
                    + " how far back as 15m, 2h, 3d"));
  }
}
