package dev.millrace.engine.call;

import dev.millrace.KafkaFunction;
import dev.millrace.Output;
import dev.millrace.Verdicts;
import dev.millrace.engine.problem.Problem;
import dev.millrace.engine.problem.SetupException;
import dev.millrace.engine.schema.JsonFormat;
import dev.millrace.engine.schema.JsonSchemaValidator;
import dev.millrace.plugin.Format;
import dev.millrace.plugin.Validator;
import java.lang.reflect.InaccessibleObjectException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// Finds the functions in the author's classes, and everything that is wrong with them.
public final class FunctionScanner {
  /// What Kafka allows in the name of a topic; groups take more, but names end up in both.
  private static final Pattern NAME = Pattern.compile("[a-zA-Z0-9._-]{1,249}");

  private static final String NAME_RULE =
      "Use letters, digits, '.', '_' and '-', at most 249 of them";

  /// What the annotation's numbers are where the author says nothing.
  private static final int NOT_SET = -1;

  private final List<Problem> problems = new ArrayList<>();
  private final Function<Class<?>, Path> folders;
  private final Format format;
  private final Validator validator;

  private FunctionScanner(Function<Class<?>, Path> folders, Format format, Validator validator) {
    this.folders = folders;
    this.format = format;
    this.validator = validator;
  }

  /// What was found, right or wrong.
  ///
  /// @param definitions the functions without a mistake, in the order of the classes and, within
  ///   one, of the methods' names
  /// @param declared what all of them say of themselves, so that the rest can be checked too
  /// @param problems every mistake of every function; or that there is none at all
  public record Found(
      List<FunctionDefinition> definitions, List<Declared> declared, List<Problem> problems) {
    /// Keeps copies.
    public Found {
      definitions = List.copyOf(definitions);
      declared = List.copyOf(declared);
      problems = List.copyOf(problems);
    }
  }

  /// What the annotation of a function says, as far as it makes sense.
  ///
  /// @param name the function's name
  /// @param inputs the topics it reads
  /// @param outputs the topics it writes
  /// @param settings what it sets, by the members' names
  public record Declared(
      String name, List<String> inputs, List<String> outputs, Map<String, String> settings) {}

  /// As [#find] with Millrace's own format and validator, where a mistake is a [SetupException]
  /// with all of them.
  public static List<FunctionDefinition> scan(
      Collection<Class<?>> classes, Function<Class<?>, Path> folders) {
    return scan(classes, folders, new JsonFormat(), new JsonSchemaValidator());
  }

  /// As [#find], where a mistake is a [SetupException] with all of them.
  public static List<FunctionDefinition> scan(
      Collection<Class<?>> classes,
      Function<Class<?>, Path> folders,
      Format format,
      Validator validator) {
    Found found = find(classes, folders, format, validator);
    if (!found.problems().isEmpty()) {
      throw new SetupException(found.problems());
    }
    return found.definitions();
  }

  /// The functions of these classes.
  ///
  /// @param classes all classes of the author; those without functions are passed over
  /// @param folders where a class's file is, for the schema files it names; what is not there is
  ///   looked for beside the class in its jar
  /// @param format has to be able to read what they take
  /// @param validator has to be able to check what they return
  public static Found find(
      Collection<Class<?>> classes,
      Function<Class<?>, Path> folders,
      Format format,
      Validator validator) {
    FunctionScanner scanner = new FunctionScanner(folders, format, validator);
    Map<Method, KafkaFunction> functions = scanner.functions(classes);
    if (functions.isEmpty() && scanner.problems.isEmpty()) {
      scanner.add(
          classes.stream().map(Class::getSimpleName).limit(5).collect(Collectors.joining(", ")),
          "no method is a function",
          "Put @KafkaFunction(name = \"...\", topics = \"...\") on the method to call");
    }
    List<FunctionDefinition> definitions = new ArrayList<>();
    Set<Class<?>> instantiable = new HashSet<>();
    functions.forEach((method, function) -> {
      if (!Modifier.isStatic(method.getModifiers())
          && instantiable.add(method.getDeclaringClass())) {
        scanner.checkInstantiable(method.getDeclaringClass());
      }
      FunctionDefinition definition = scanner.define(method, function);
      if (definition != null) {
        definitions.add(definition);
      }
    });
    scanner.checkNamesDiffer(functions);
    return new Found(definitions, declared(functions.values()), scanner.problems);
  }

  private static List<Declared> declared(Collection<KafkaFunction> functions) {
    return functions.stream()
        .filter(function -> isAllowed(function.name()))
        .map(function ->
            new Declared(
                function.name(),
                Arrays.stream(function.topics()).filter(FunctionScanner::isAllowed).toList(),
                Arrays.stream(function.outputs())
                    .map(Output::topic)
                    .filter(FunctionScanner::isAllowed)
                    .toList(),
                settings(function)))
        .toList();
  }

  private Map<Method, KafkaFunction> functions(Collection<Class<?>> classes) {
    Map<Method, KafkaFunction> found = new LinkedHashMap<>();
    for (Class<?> type : classes) {
      Method[] methods;
      try {
        methods = type.getDeclaredMethods();
      } catch (NoClassDefFoundError e) {
        add(
            type.getSimpleName(),
            "the class cannot be loaded, it needs one that is missing: " + e.getMessage(),
            "Add the jar that holds it");
        continue;
      }
      Arrays.sort(methods, Comparator.comparing(Method::getName).thenComparing(Method::toString));
      for (Method method : methods) {
        KafkaFunction function = method.getAnnotation(KafkaFunction.class);
        // The compiler copies annotations to the bridges it makes.
        if (function != null && !method.isBridge()) {
          found.put(method, function);
        }
      }
    }
    return found;
  }

  private void checkInstantiable(Class<?> type) {
    String name = type.getSimpleName();
    if (Modifier.isAbstract(type.getModifiers())) {
      add(
          name,
          type.isInterface() ? "is an interface" : "is abstract",
          "Put the function in a class that can be created");
    } else if (type.getEnclosingClass() != null && !Modifier.isStatic(type.getModifiers())) {
      add(name, "is an inner class, which cannot be created on its own", "Make it static");
    } else {
      try {
        type.getDeclaredConstructor().setAccessible(true);
      } catch (NoSuchMethodException e) {
        add(
            name,
            "has no constructor without parameters, so it cannot be created",
            "Add one, or make the function static");
      } catch (InaccessibleObjectException e) {
        add(name, "is closed to reflection by its module", "Open its package to Millrace");
      }
    }
  }

  private void checkNamesDiffer(Map<Method, KafkaFunction> functions) {
    Map<String, Method> byName = new HashMap<>();
    functions.forEach((method, function) -> {
      Method other = byName.putIfAbsent(function.name(), method);
      if (other != null) {
        add(
            FunctionDefinition.place(method),
            "the name '"
                + function.name()
                + "' is that of "
                + FunctionDefinition.place(other)
                + " too",
            "Give each function a name of its own");
      }
    });
  }

  /// Null when the method is wrong in a way that leaves nothing to define; the problems say it.
  private @Nullable FunctionDefinition define(Method method, KafkaFunction function) {
    String place = FunctionDefinition.place(method);
    int before = problems.size();
    checkName(place, "the function's name", function.name());
    checkTopics(place, function);
    try {
      method.setAccessible(true);
    } catch (InaccessibleObjectException e) {
      add(place, "is closed to reflection by its module", "Open its package to Millrace");
    }
    InputShape input = null;
    int parameters = method.getParameterCount();
    if (parameters == 1 || (parameters == 2 && method.getParameterTypes()[1] == Verdicts.class)) {
      try {
        input = InputShape.of(method.getGenericParameterTypes()[0], format);
      } catch (SignatureException e) {
        add(place, e.getMessage(), e.advice());
      }
    } else {
      add(
          place,
          "takes " + parameters + " parameters",
          "Take the messages, for instance List<String> messages, and behind them Verdicts if need"
              + " be");
    }
    List<OutputTopic> outputs = List.of();
    ReturnShape returns = null;
    try {
      returns = ReturnShape.of(method.getGenericReturnType());
      outputs =
          new DeclaredOutputs(method, returns, folders, validator, problems)
              .read(function.outputs());
    } catch (SignatureException e) {
      add(place, e.getMessage(), e.advice());
    }
    return input == null || returns == null || problems.size() > before
        ? null
        : new FunctionDefinition(
            function.name(),
            List.of(function.topics()),
            outputs,
            settings(function),
            method,
            input,
            returns,
            format,
            "");
  }

  private void checkTopics(String place, KafkaFunction function) {
    if (function.topics().length == 0) {
      add(place, "reads no topic", "Name one: topics = \"...\"");
    }
    Set<String> inputs = new HashSet<>();
    for (String topic : function.topics()) {
      checkName(place, "the topic", topic);
      if (!inputs.add(topic)) {
        add(place, "reads '" + topic + "' twice", "Name each topic once");
      }
    }
    Set<String> outputs = new HashSet<>();
    for (var output : function.outputs()) {
      checkName(place, "the output topic", output.topic());
      if (!outputs.add(output.topic())) {
        add(place, "declares the output '" + output.topic() + "' twice", "Name each topic once");
      }
      if (inputs.contains(output.topic())) {
        add(
            place,
            "writes '" + output.topic() + "', which it also reads: it would feed itself for ever",
            "Write to another topic");
      }
    }
  }

  private void checkName(String place, String what, String name) {
    if (name.isEmpty()) {
      add(place, what + " is empty", NAME_RULE);
    } else if (!isAllowed(name)) {
      add(place, what + " '" + name + "' is not allowed", NAME_RULE);
    }
  }

  private static boolean isAllowed(String name) {
    return NAME.matcher(name).matches() && !name.equals(".") && !name.equals("..");
  }

  private void add(String where, @Nullable String what, String advice) {
    problems.add(new Problem(where, String.valueOf(what), advice));
  }

  private static Map<String, String> settings(KafkaFunction function) {
    Map<String, String> settings = new LinkedHashMap<>();
    put(settings, "start", function.start());
    put(settings, "batchSize", function.batchSize());
    put(settings, "batchWait", function.batchWait());
    put(settings, "consumers", function.consumers());
    put(settings, "ordering", words(function.ordering()));
    put(settings, "concurrency", function.concurrency());
    put(settings, "threads", words(function.threads()));
    put(settings, "guarantee", words(function.guarantee()));
    put(settings, "retries", function.retries());
    put(settings, "onError", words(function.onError()));
    put(settings, "onErrorFor", String.join(", ", function.onErrorFor()));
    put(settings, "onUnreadable", words(function.onUnreadable()));
    put(settings, "deadline", function.deadline());
    put(settings, "owner", function.owner());
    put(settings, "contact", function.contact());
    put(settings, "description", function.description());
    return settings;
  }

  /// More than one is a mistake that the setting's reader will name.
  private static String words(Enum<?>[] constants) {
    return Arrays.stream(constants)
        .map(constant -> constant.name().toLowerCase(Locale.ROOT).replace('_', '-'))
        .collect(Collectors.joining(", "));
  }

  private static void put(Map<String, String> settings, String name, String value) {
    if (!value.isEmpty()) {
      settings.put(name, value);
    }
  }

  private static void put(Map<String, String> settings, String name, int value) {
    if (value != NOT_SET) {
      settings.put(name, Integer.toString(value));
    }
  }
}
