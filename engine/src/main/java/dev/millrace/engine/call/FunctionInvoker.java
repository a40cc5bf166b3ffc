package dev.millrace.engine.call;

import dev.millrace.Verdicts;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// Calls one function: records in, checked and encoded records out. Thread-safe.
public final class FunctionInvoker {
  private final FunctionDefinition definition;
  private final MethodHandle author;
  private final ClassLoader authorLoader;
  private final InputDecoder decoder;
  private final OutputEncoder encoder;

  /// An invoker of this function.
  ///
  /// @param instances where the object to call it on comes from
  public FunctionInvoker(FunctionDefinition definition, FunctionInstances instances) {
    Method method = definition.method();
    this.definition = definition;
    this.author =
        handle(
            method,
            Modifier.isStatic(method.getModifiers())
                ? null
                : instances.of(method.getDeclaringClass()));
    this.authorLoader = method.getDeclaringClass().getClassLoader();
    this.decoder = new InputDecoder(definition);
    this.encoder = new OutputEncoder(definition);
  }

  /// A call that begins when it is run, and can be cancelled.
  ///
  /// @param whenDone told once how it ended: by the thread that runs the call, or by the one that
  ///   completes the function's `CompletionStage`. Must not throw
  public FunctionCall call(CallRequest request, Consumer<CallResult> whenDone) {
    return new FunctionCall(this, request, whenDone);
  }

  /// Calls the function; the same as running [#call].
  public void invoke(CallRequest request, Consumer<CallResult> whenDone) {
    call(request, whenDone).run();
  }

  /// The function that is called.
  public FunctionDefinition definition() {
    return definition;
  }

  MethodHandle author() {
    return author;
  }

  boolean takesVerdicts() {
    return definition.method().getParameterCount() == 2;
  }

  ClassLoader authorLoader() {
    return authorLoader;
  }

  InputDecoder decoder() {
    return decoder;
  }

  OutputEncoder encoder() {
    return encoder;
  }

  private static MethodHandle handle(Method method, @Nullable Object instance) {
    try {
      method.setAccessible(true);
      MethodHandle handle = MethodHandles.lookup().unreflect(method);
      MethodHandle bound =
          (instance == null ? handle : handle.bindTo(instance))
              .asType(
                  MethodType.methodType(
                      Object.class,
                      method.getParameterCount() == 1
                          ? new Class<?>[] {Object.class}
                          : new Class<?>[] {Object.class, Verdicts.class}));
      return method.getParameterCount() == 1
          ? MethodHandles.dropArguments(bound, 1, Verdicts.class)
          : bound;
    } catch (IllegalAccessException e) {
      // The scanner has made sure of it.
      throw new IllegalStateException(method + " cannot be called", e);
    }
  }
}
