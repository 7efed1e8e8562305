package io.gru4j;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.reflect.Constructor;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.spi.ToolProvider;
import java.util.stream.Stream;

/**
 * The plain network in double precision, core/docs/PlainGru4Rec.java, compiled as it stands: what
 * tests hold the library against. That file is in no package, so nothing can import it; each method
 * here is the function there of the same name, makes its record of that name, or reads a component
 * of that name. Records are {@code Object}s here.
 */
public interface PlainGru4Rec {

  /** The file. */
  PlainGru4Rec FILE = bind(compile(Path.of("../core/docs/PlainGru4Rec.java")));

  // Records.

  Object network(
      double[][] table,
      double[][] Wih,
      double[][] Whh,
      double[] bih,
      double[] bhh,
      double[][] W,
      double[] b);

  Object chunk(int[] items, int[] targets, int[] active);

  // Components of a network, or of its gradient.

  double[][] table(Object network);

  double[][] Wih(Object network);

  double[][] Whh(Object network);

  double[] bih(Object network);

  double[] bhh(Object network);

  double[][] W(Object network);

  double[] b(Object network);

  // Components of a click.

  double[] r(Object click);

  double[] z(Object click);

  double[] n(Object click);

  double[] next(Object click);

  // Functions.

  double[][] embeddingForward(double[][] table, int[] items);

  void embeddingBackward(double[][] dtable, int[] items, double[][] dx);

  double[] productForward(double[][] W, double[] b, double[] x);

  void productBackward(
      double[][] W, double[] x, double[] dy, double[][] dW, double[] db, double[] dx);

  double sigmoid(double a);

  Object[] gruForward(Object net, double[][] x, int[] active, double[][] state);

  double[][] gruBackward(Object net, Object d, Object[] clicks, int[] active, double[][] dout);

  Object clickForward(Object net, double[] x, double[] h);

  double[] clickBackward(Object net, Object d, Object click, double[] dnext, double[] dx);

  double crossEntropyForward(double[] s, int y, double[] p);

  double[] crossEntropyBackward(double[] p, int y, double dloss);

  double lossAndGradient(Object net, Object d, Object chunk, double[][] state);

  void adagrad(Object net, Object d, Object sums, double learningRate, double clipnorm);

  double train(
      Object net,
      Object sums,
      int[][] sessions,
      int B,
      int bptt,
      double learningRate,
      double clipnorm);

  double[] predict(Object net, int[] items);

  // Reading a file.

  Object read(Path file);

  List<String> names(Object sessions);

  int[][] items(Object sessions);

  /** A network of zeros, such as gradients begin with. */
  static Object zeros(int V, int E, int H) {
    return FILE.network(
        new double[V][E],
        new double[3 * H][E],
        new double[3 * H][H],
        new double[3 * H],
        new double[3 * H],
        new double[V][H],
        new double[V]);
  }

  private static Class<?> compile(Path file) {
    Map<String, byte[]> classes = new HashMap<>();
    try {
      Path folder = Files.createTempDirectory("plain");
      String[] args = {"-Xlint:all", "-Werror", "-d", folder.toString(), file.toString()};
      int status = ToolProvider.findFirst("javac").orElseThrow().run(System.out, System.err, args);
      for (Path each : list(folder)) {
        String name = each.getFileName().toString();
        classes.put(name.substring(0, name.lastIndexOf('.')), Files.readAllBytes(each));
        Files.delete(each);
      }
      Files.delete(folder);
      if (status != 0) {
        throw new IllegalStateException(file.toAbsolutePath() + " does not compile, see above");
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    ClassLoader loader =
        new ClassLoader() {
          @Override
          protected Class<?> findClass(String name) throws ClassNotFoundException {
            byte[] bytes = classes.get(name);
            if (bytes == null) {
              throw new ClassNotFoundException(name);
            }
            return defineClass(name, bytes, 0, bytes.length);
          }
        };
    try {
      return loader.loadClass("PlainGru4Rec");
    } catch (ClassNotFoundException e) {
      throw new IllegalStateException(e);
    }
  }

  private static List<Path> list(Path folder) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.toList();
    }
  }

  private static PlainGru4Rec bind(Class<?> file) {
    Map<String, Call> calls = new HashMap<>();
    try {
      Constructor<?> constructor = file.getDeclaredConstructor();
      constructor.setAccessible(true);
      Object instance = constructor.newInstance();
      for (Method method : PlainGru4Rec.class.getDeclaredMethods()) {
        calls.put(method.getName(), find(file, instance, method));
      }
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException(e);
    }
    InvocationHandler handler =
        (proxy, method, args) -> {
          try {
            return calls.get(method.getName()).with(args);
          } catch (InvocationTargetException e) {
            throw e.getCause();
          }
        };
    Class<?>[] types = {PlainGru4Rec.class};
    return (PlainGru4Rec) Proxy.newProxyInstance(types[0].getClassLoader(), types, handler);
  }

  /** What a method here means in the file. */
  interface Call {
    Object with(Object[] args) throws ReflectiveOperationException;
  }

  private static Call find(Class<?> file, Object instance, Method method) {
    String name = method.getName();
    for (Method function : file.getDeclaredMethods()) {
      if (function.getName().equals(name)) {
        function.setAccessible(true);
        return args -> function.invoke(instance, args);
      }
    }
    for (Class<?> type : file.getDeclaredClasses()) {
      if (type.getSimpleName().equalsIgnoreCase(name)) {
        Constructor<?> constructor = type.getDeclaredConstructors()[0];
        constructor.setAccessible(true);
        return constructor::newInstance;
      }
    }
    return args -> {
      Method component = args[0].getClass().getDeclaredMethod(name);
      component.setAccessible(true);
      return component.invoke(args[0]);
    };
  }
}
