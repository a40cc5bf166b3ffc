package dev.millrace.cli;

import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/// Reads how many of something are wanted: at least one.
final class PositiveCount implements ITypeConverter<Integer> {
  @Override
  public Integer convert(String text) {
    if (!text.matches("[1-9][0-9]{0,6}")) {
      throw new TypeConversionException("'" + text + "' is no number from 1 to 9999999");
    }
    return Integer.valueOf(text);
  }
}
