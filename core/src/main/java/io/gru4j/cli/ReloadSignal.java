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
              (proxy, method, args) -> called(method.getName(), proxy, args, reload));
      Object hangUp = signal.getConstructor(String.class).newInstance("HUP");
      signal.getMethod("handle", signal, handler).invoke(null, hangUp, calls);
      return true;
    } catch (ReflectiveOperationException e) {
      return false;
    }
  }

  /** What the handler's method and those of Object do. */
  private static Object called(String method, Object proxy, Object[] args, Runnable reload) {
    if (method.equals("handle")) {
      reload.run();
      return null;
    }
    if (method.equals("equals")) {
      return proxy == args[0];
    }
    if (method.equals("hashCode")) {
      return System.identityHashCode(proxy);
    }
    return "ReloadSignal";
  }
}
