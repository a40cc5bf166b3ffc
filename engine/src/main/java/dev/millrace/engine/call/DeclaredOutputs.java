package dev.millrace.engine.call;

import dev.millrace.Output;
import dev.millrace.engine.call.ReturnShape.Form;
import dev.millrace.engine.problem.Problem;
import dev.millrace.plugin.Validator;
import java.io.IOException;
import java.io.InputStream;
import java.lang.reflect.Method;
import java.lang.reflect.Type;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// Reads what a function says about its outputs, and whether that fits what its method returns.
final class DeclaredOutputs {
  private final Method method;
  private final ReturnShape returns;
  private final Function<Class<?>, Path> folders;
  private final Validator validator;
  private final List<Problem> problems;

  DeclaredOutputs(
      Method method,
      ReturnShape returns,
      Function<Class<?>, Path> folders,
      Validator validator,
      List<Problem> problems) {
    this.method = method;
    this.returns = returns;
    this.folders = folders;
    this.validator = validator;
    this.problems = problems;
  }

  List<OutputTopic> read(Output[] outputs) {
    String returned = Types.name(method.getGenericReturnType());
    if (outputs.length == 0 && returns.form() != Form.NOTHING) {
      add(
          "returns " + returned + " but declares no output",
          "Add outputs = @Output(topic = \"...\"), or return void");
      return List.of();
    }
    if (outputs.length > 0 && returns.form() == Form.NOTHING) {
      add(
          "declares an output but returns nothing",
          "Return its events, for instance as a List, or remove the output");
      return List.of();
    }
    boolean single = outputs.length == 1;
    if (!single && outputs.length > 0 && returns.form() != Form.BY_TOPIC && !returns.emits()) {
      add(
          "declares "
              + outputs.length
              + " outputs, but "
              + returned
              + " does not say which event"
              + " is for which",
          "Return Map<String, List<...>> from topic to events, or List<Emit<...>> with"
              + " Emit.to(topic)");
    }
    List<OutputTopic> read = new ArrayList<>();
    for (Output output : outputs) {
      read.add(new OutputTopic(output.topic(), check(output, single)));
    }
    return read;
  }

  private Validator.@Nullable Check check(Output output, boolean single) {
    if (!output.schemaFile().isEmpty()) {
      return ofFile(output.schemaFile());
    }
    if (output.schema() != void.class) {
      if (ReturnShape.saysNothing(output.schema())) {
        add(
            "the schema of '"
                + output.topic()
                + "' is "
                + Types.name(output.schema())
                + ", which anything can implement",
            "Name a record or class, or a schemaFile");
        return null;
      }
      return ofType(output.schema());
    }
    if (ReturnShape.saysNothing(returns.element()) || (!single && returns.describesItself())) {
      add(
          "does not say what the events of '" + output.topic() + "' look like",
          "Add schema = X.class with the record they are, or schemaFile = \"...\"; String.class"
              + " lets any text pass");
      return null;
    }
    return ofType(returns.element());
  }

  private Validator.@Nullable Check ofType(Type type) {
    if (ReturnShape.passesAnything(type)) {
      return null;
    }
    try {
      return validator.ofType(type);
    } catch (IllegalArgumentException e) {
      add(
          "no schema can be made of " + Types.name(type) + ": " + e.getMessage(),
          "Make it a record of plain values, lists, maps and records, or name a schemaFile");
      return null;
    }
  }

  private Validator.@Nullable Check ofFile(String name) {
    try {
      return validator.ofSchema(text(name));
    } catch (NoSuchFileException e) {
      add(
          "the schema file '" + name + "' is not there: looked for " + e.getFile(),
          "Put it beside the function's file, or correct its name");
    } catch (IOException | InvalidPathException e) {
      add(
          "the schema file '" + name + "' cannot be read: " + e.getMessage(),
          "Make it readable UTF-8 text");
    } catch (IllegalArgumentException e) {
      add("the schema file '" + name + "' " + e.getMessage(), "Correct the file");
    }
    return null;
  }

  private String text(String name) throws IOException {
    Class<?> type = method.getDeclaringClass();
    Path file = folders.apply(type).resolve(name);
    if (Files.exists(file)) {
      return Files.readString(file);
    }
    try (InputStream resource = type.getResourceAsStream(name)) {
      if (resource == null) {
        throw new NoSuchFileException(file.toString());
      }
      return new String(resource.readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  private void add(String what, String advice) {
    problems.add(new Problem(FunctionDefinition.place(method), what, advice));
  }
}
