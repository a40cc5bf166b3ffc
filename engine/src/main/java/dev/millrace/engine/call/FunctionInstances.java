package dev.millrace.engine.call;

import dev.millrace.engine.problem.Problem;
import dev.millrace.engine.problem.SetupException;
import java.lang.reflect.Constructor;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Modifier;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The objects that functions are called on: one of each class in this process, shared by the
/// functions of that class.
public final class FunctionInstances implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(FunctionInstances.class);

  private final SequencedMap<Class<?>, Object> instances;

  private FunctionInstances(SequencedMap<Class<?>, Object> instances) {
    this.instances = instances;
  }

  /// Creates an object of every class whose functions need one.
  ///
  /// @throws SetupException with each constructor that threw; what was created before is closed
  public static FunctionInstances create(Collection<FunctionDefinition> definitions) {
    FunctionInstances created = new FunctionInstances(new LinkedHashMap<>());
    List<Problem> problems = new ArrayList<>();
    for (FunctionDefinition definition : definitions) {
      Class<?> type = definition.method().getDeclaringClass();
      if (!Modifier.isStatic(definition.method().getModifiers())
          && !created.instances.containsKey(type)) {
        try {
          Constructor<?> constructor = type.getDeclaredConstructor();
          constructor.setAccessible(true);
          created.instances.put(type, constructor.newInstance());
        } catch (InvocationTargetException e) {
          problems.add(threw(type, e.getCause() == null ? e : e.getCause()));
        } catch (ReflectiveOperationException e) {
          // The scanner has made sure of it.
          throw new IllegalStateException(type + " cannot be created", e);
        }
      }
    }
    if (!problems.isEmpty()) {
      created.close();
      throw new SetupException(problems);
    }
    return created;
  }

  /// This object, made by somebody else.
  public static FunctionInstances holding(Object instance) {
    SequencedMap<Class<?>, Object> only = new LinkedHashMap<>();
    only.put(instance.getClass(), instance);
    return new FunctionInstances(only);
  }

  /// The object of this class.
  Object of(Class<?> type) {
    Object instance = instances.get(type);
    if (instance == null) {
      throw new IllegalArgumentException(type + " is no class of these functions");
    }
    return instance;
  }

  /// Closes every object that is [AutoCloseable], the last created first. One that throws does not
  /// keep the others from being closed.
  @Override
  public void close() {
    for (Map.Entry<Class<?>, Object> entry : instances.reversed().entrySet()) {
      if (entry.getValue() instanceof AutoCloseable closeable) {
        try {
          closeable.close();
        } catch (Exception e) {
          LOG.atWarn()
              .addKeyValue("class", entry.getKey().getName())
              .log("Closing the function's class threw: {}", AuthorStack.render(e, entry.getKey()));
        }
      }
    }
    instances.clear();
  }

  private static Problem threw(Class<?> type, Throwable thrown) {
    return new Problem(
        type.getSimpleName(),
        "its constructor threw " + thrown.getClass().getSimpleName(),
        "Correct it",
        AuthorStack.render(thrown, type).lines().toList());
  }
}
