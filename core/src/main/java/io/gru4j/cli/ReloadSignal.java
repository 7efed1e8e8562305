package io.gru4j.cli;

import java.lang.reflect.Proxy;

/**
 * SIGHUP as a call instead of the JVM's end.
 *
 * <p>The JDK has this in {@code sun.misc.Signal} of the module jdk.unsupported alone, which javac
 * does not name without a warning, so it is called by reflection. Where a JVM has no such module or
 * the system no such signal, nothing changes: there is {@code POST /reload}.
 */
final class ReloadSignal {
  private ReloadSignal() {}

  /** From now on SIGHUP calls {@code reload}, on a thread of its own; says whether it will. */
  static boolean listen(Runnable reload) {
    try {
      Class<?> signal = Class.forName("sun.misc.Signal");
      Class<?> handler = Class.forName("sun.misc.SignalHandler");
      Object calls =
          Proxy.newProxyInstance(
              handler.getClassLoader(),
              new Class<?>[] {handler},
              (proxy, method, args) ->
                  switch (method.getName()) {
                    case "handle" -> {
                      reload.run();
                      yield null;
                    }
                    case "equals" -> proxy == args[0];
                    case "hashCode" -> System.identityHashCode(proxy);
                    default -> "ReloadSignal";
                  });
      Object hangUp = signal.getConstructor(String.class).newInstance("HUP");
      signal.getMethod("handle", signal, handler).invoke(null, hangUp, calls);
      return true;
    } catch (ReflectiveOperationException e) {
      return false;
    }
  }
}
