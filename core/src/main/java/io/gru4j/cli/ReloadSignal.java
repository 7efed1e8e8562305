package io.gru4j.cli;

import java.lang.reflect.Proxy;

/**
 * Makes SIGHUP call a method instead of ending the JVM.
 *
 * <p>Only {@code sun.misc.Signal} of the module jdk.unsupported can do this. javac warns when code
 * names it, so it is called by reflection. Where the JVM has no such module or the system no such
 * signal, nothing changes, and {@code POST /reload} does the same.
 */
final class ReloadSignal {
  private ReloadSignal() {}

  /**
   * Makes SIGHUP call {@code reload}, on a separate thread; returns whether that is possible here.
   */
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

  /** The handler's method, and those of Object. */
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
