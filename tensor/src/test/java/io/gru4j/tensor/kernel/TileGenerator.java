package io.gru4j.tensor.kernel;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.IntFunction;

/**
 * Writes what the vector kernels need unrolled: their register tiles, and the loops of exp, sigmoid
 * and tanh. Java keeps vectors in registers only as local variables, and a function of vectors may
 * not be inlined, so every accumulator has a name and every operation a line.
 *
 * <p>After a change here, from the folder of the module:
 *
 * <pre>  java src/test/java/io/gru4j/tensor/kernel/TileGenerator.java src/main/java</pre>
 *
 * <p>Each method's comment says what its tile is for; which tile belongs to which vectors stands in
 * the page of the package. How the lines follow one another matters to the JIT: see {@link
 * VectorProduct}.
 */
final class TileGenerator {

  private static final String FENCE = "VarHandle.acquireFence();";
  private static final String ACCUMULATORS = "cdef"; // of a product's columns, a letter each vector
  private static final int WIDTH = 100; // of a line

  private final StringBuilder out = new StringBuilder();
  private int depth = 1;

  private TileGenerator() {}

  /**
   * Writes the files.
   *
   * @param args the folder of the sources
   * @throws IOException if a file cannot be written
   */
  public static void main(String[] args) throws IOException {
    for (Map.Entry<String, String> file : files().entrySet()) {
      Files.writeString(Path.of(args[0], file.getKey()), file.getValue());
    }
  }

  /** Returns path and text of each file. */
  static Map<String, String> files() {
    Map<String, String> files = new LinkedHashMap<>();
    for (TileGenerator file : List.of(products(), blocks(), steps(), lanes(), exps())) {
      String name = file.out.toString().replaceAll("(?s).*?\nfinal class (\\w+) .*", "$1");
      files.put("io/gru4j/tensor/kernel/" + name + ".java", file.out.toString());
    }
    return files;
  }

  // Products of a packed block: m rows x v vectors of columns, while k runs.

  private static TileGenerator products() {
    TileGenerator g = new TileGenerator();
    g.head(
        "VectorProductTiles",
        "The register tiles of {@link VectorProduct}.",
        "static io.gru4j.tensor.kernel.Kernels.PANEL",
        "static io.gru4j.tensor.kernel.Kernels.QUAD",
        "static io.gru4j.tensor.kernel.VectorMath.L",
        "static io.gru4j.tensor.kernel.VectorMath.SPECIES",
        "",
        "java.lang.invoke.VarHandle",
        "jdk.incubator.vector.FloatVector");
    g.line("/** Steps of k that {@link #tile6x2} takes at a time; it needs as many. */");
    g.line("static final int STEPS = 8;");
    g.constructor("VectorProductTiles");
    g.product("12 rows from the first of a quad on, and 2 L columns.", 12, 2);
    g.product("8 rows from the first of a quad on, and 2 L columns.", 8, 2);
    g.pairsProduct();
    g.product("The 4 rows of a quad, and 4 L columns.", 4, 4);
    g.product("The 4 rows of a quad, and 2 L columns.", 4, 2);
    g.product("3 rows of a quad, and 2 L columns.", 3, 2);
    g.product("2 rows of a quad, and 2 L columns.", 2, 2);
    g.product("1 row and 2 L columns.", 1, 2);
    g.product("8 rows from the first of a quad on, and L columns.", 8, 1);
    g.product("1 row and L columns.", 1, 1);
    return g.end();
  }

  private void product(String comment, int rows, int vectors) {
    String ofC = rows > 1 ? "int co, int cs, " : "int co, ";
    String ofInit = rows > 1 ? "int io, int is, " : "int io, ";
    String ofA = rows > 4 ? "int ao, int ap, " : "int ao, ";
    comment(comment);
    method(
        "tile" + rows + "x" + vectors,
        "float[] c, "
            + ofC
            + "float[] init, "
            + ofInit
            + "float[] a, "
            + ofA
            + "float[] b, int bo, int K");
    loadAccumulators(rows, vectors);
    for (int r = 4; r < rows; r += 4) {
      line("int a" + r + " = ao + " + times(r / 4, "ap") + ";");
    }
    open("for (int k = 0; k < K; k++) {");
    step(rows, vectors, 0, 0, "bo + k * PANEL", r -> quad(r) + " + k * QUAD" + plus(r % 4), false);
    close();
    storeAccumulators(rows, vectors);
    close();
  }

  private static String quad(int r) {
    return r < 4 ? "ao" : "a" + r / 4 * 4;
  }

  /** 6 rows that may begin within a quad; the rows of a pair lie side by side. */
  private void pairsProduct() {
    line("");
    line("/**");
    line(" * 6 rows of three pairs, and 2 L columns; at least 8 steps of k. The comment of {@link");
    line(" * VectorProduct} explains its fences and loops.");
    line(" *");
    line(
        " * @param a0 where the first pair of rows starts in a, and {@code a2} and {@code a4} the"
            + " others");
    line(" */");
    method(
        "tile6x2",
        "float[] c, int co, int cs, float[] init, int io, int is, float[] a, int a0, int a2,"
            + " int a4, float[] b, int bo, int K");
    loadAccumulators(6, 2);
    line("int end = bo + K * PANEL;");
    line("int whole = end - K % STEPS * PANEL;");
    open("do {");
    for (int s = 0; s < 8; s++) {
      String ofStep = plus(s, "QUAD");
      step(6, 2, 2 * s, 6 * s, "bo" + plus(s, "PANEL"), r -> pair(r) + ofStep + plus(r % 2), true);
    }
    advance("STEPS * ");
    close("} while (bo != whole);");
    open("if (bo != end) {");
    open("do {");
    step(6, 2, 0, 0, "bo", r -> pair(r) + plus(r % 2), true);
    advance("");
    close("} while (bo != end);");
    close();
    storeAccumulators(6, 2);
    close();
  }

  private static String pair(int r) {
    return "a" + r / 2 * 2;
  }

  private void advance(String steps) {
    for (int r = 0; r < 6; r += 2) {
      line(pair(r) + " += " + steps + "QUAD;");
    }
    line("bo += " + steps + "PANEL;");
  }

  private void loadAccumulators(int rows, int vectors) {
    for (int r = 0; r < rows; r++) {
      for (int v = 0; v < vectors; v++) {
        load(accumulator(r, v), "init", "io" + plus(r, "is") + plus(v, "L"));
      }
    }
  }

  private void storeAccumulators(int rows, int vectors) {
    for (int r = 0; r < rows; r++) {
      for (int v = 0; v < vectors; v++) {
        store(accumulator(r, v), "c", "co" + plus(r, "cs") + plus(v, "L"));
      }
    }
  }

  private static String accumulator(int r, int v) {
    return "" + ACCUMULATORS.charAt(v) + r;
  }

  /** One step of k: the row of b stays, each row of a is broadcast, from the given numbers on. */
  private void step(
      int rows, int vectors, int b, int a, String ofB, IntFunction<String> ofA, boolean fences) {
    for (int v = 0; v < vectors; v++) {
      load("b" + (b + v), "b", ofB + plus(v, "L"));
    }
    for (int r = 0; r < rows; r++) {
      broadcast("v" + (a + r), "a[" + ofA.apply(r) + "]");
      for (int v = 0; v < vectors; v++) {
        fma(accumulator(r, v), "v" + (a + r), "b" + (b + v));
      }
      if (fences) {
        line(FENCE);
      }
    }
  }

  // Products of a block that is read as it lies: m rows x 32 columns, 16 lanes.

  private static TileGenerator blocks() {
    TileGenerator g = new TileGenerator();
    g.head(
        "VectorBlockTiles",
        "The register tiles of {@link VectorBlock}.",
        "static io.gru4j.tensor.kernel.Kernels.PANEL",
        "static io.gru4j.tensor.kernel.VectorMath.L",
        "static io.gru4j.tensor.kernel.VectorMath.SPECIES",
        "",
        "jdk.incubator.vector.FloatVector");
    g.constructor("VectorBlockTiles");
    for (int rows : new int[] {12, 8, 4, 1}) {
      g.block(rows);
    }
    return g.end();
  }

  private void block(int rows) {
    comment(rows + (rows == 1 ? " row" : " rows") + ", 32 columns.");
    method(
        "tile" + rows,
        "float[] c, int co, float[] y, int yo, int yps, float[] b, int bo, int panels");
    for (int r = 0; r < rows; r++) {
      zero(accumulator(r, 0));
      zero(accumulator(r, 1));
    }
    open("for (int p = 0; p < panels; p++) {");
    line("int i = yo + p * yps;");
    line("int j = bo + p * PANEL * PANEL;");
    open("for (int l = 0; l < PANEL; l++) {");
    load("b0", "b", "j + l * PANEL");
    load("b1", "b", "j + l * PANEL + L");
    for (int r = 0; r < rows; r++) {
      broadcast("v" + r, "y[i + l" + plus(r, "PANEL") + "]");
      fma(accumulator(r, 0), "v" + r, "b0");
      fma(accumulator(r, 1), "v" + r, "b1");
    }
    close();
    close();
    for (int r = 0; r < rows; r++) {
      store(accumulator(r, 0), "c", "co" + plus(r, "PANEL"));
      store(accumulator(r, 1), "c", "co" + plus(r, "PANEL") + " + L");
    }
    close();
  }

  // Few steps of k: their rows of b stay in registers while the rows of c pass.

  private static TileGenerator steps() {
    TileGenerator g = new TileGenerator();
    g.head(
        "VectorStepsTiles",
        "The register tiles of {@link VectorSteps}.",
        "static io.gru4j.tensor.kernel.Kernels.PANEL",
        "static io.gru4j.tensor.kernel.Kernels.QUAD",
        "static io.gru4j.tensor.kernel.VectorMath.L",
        "static io.gru4j.tensor.kernel.VectorMath.SPECIES",
        "",
        "jdk.incubator.vector.FloatVector");
    g.constructor("VectorStepsTiles");
    for (int steps : new int[] {8, 4, 3, 2, 1}) {
      g.steps(steps);
    }
    return g.end();
  }

  private void steps(int steps) {
    comment(steps + (steps == 1 ? " step" : " steps") + " of k, 2 L columns.");
    method(
        "steps" + steps,
        "float[] c, int co, int cs, float[] init, int io, int is, float[] a, int ao, int ap,"
            + " float[] b, int bo, int rows");
    for (int s = 0; s < steps; s++) {
      load("b" + s, "b", "bo" + plus(s, "PANEL"));
      load("e" + s, "b", "bo" + plus(s, "PANEL") + " + L");
    }
    open("for (int r = 0; r < rows; r++) {");
    line("int i = io + r * is;");
    line("int j = ao + r * ap;");
    load("c0", "init", "i");
    load("d0", "init", "i + L");
    for (int s = 0; s < steps; s++) {
      broadcast("v" + s, "a[j" + plus(s, "QUAD") + "]");
      fma("c0", "v" + s, "b" + s);
      fma("d0", "v" + s, "e" + s);
    }
    store("c0", "c", "co + r * cs");
    store("d0", "c", "co + r * cs + L");
    close();
    close();
  }

  // Products over lanes: m rows x n inputs, while the panels run. a and b are lanes 0 to 15 and 16
  // to 31 of a row, v and u of an input.

  private static TileGenerator lanes() {
    TileGenerator g = new TileGenerator();
    g.head(
        "VectorLanesTiles",
        "The register tiles of {@link VectorLanes}.",
        "static io.gru4j.tensor.kernel.Kernels.LANES",
        "static io.gru4j.tensor.kernel.Kernels.PANEL",
        "static io.gru4j.tensor.kernel.VectorMath.SPECIES",
        "",
        "java.lang.invoke.VarHandle",
        "jdk.incubator.vector.FloatVector");
    g.constructor("VectorLanesTiles");
    g.lanes("4 rows, 4 inputs.", 4, 4);
    g.fencedLanes();
    g.lanes("2 rows, 4 inputs.", 2, 4);
    g.lanes("1 row, 4 inputs.", 1, 4);
    g.lanes("1 row, 1 input.", 1, 1);
    return g.end();
  }

  private void beginLanes(String comment, int rows, int inputs) {
    comment(comment);
    method(
        "tile" + rows + "x" + inputs,
        "float[] sums, int so, "
            + (rows > 1 ? "int ss, " : "")
            + "float[] y, int yo, int yps, float[] w, int wo, int wps, int panels");
    for (int r = 0; r < rows; r++) {
      for (int k = 0; k < inputs; k++) {
        zero("s" + r + k);
      }
    }
  }

  private void endLanes(int rows, int inputs) {
    for (int r = 0; r < rows; r++) {
      for (int k = 0; k < inputs; k++) {
        store("s" + r + k, "sums", "so" + plus(r, "ss") + plus(k, "LANES"));
      }
    }
    close();
  }

  private void lanes(String comment, int rows, int inputs) {
    beginLanes(comment, rows, inputs);
    open("for (int p = 0; p < panels; p++) {");
    line("int i = yo + p * yps;");
    line("int j = wo + p * wps;");
    for (int r = 0; r < rows; r++) {
      load("a" + r, "y", "i" + plus(r, "PANEL"));
      load("b" + r, "y", "i" + plus(r, "PANEL") + " + LANES");
    }
    for (int k = 0; k < inputs; k++) {
      load("v" + k, "w", "j" + plus(k, "PANEL"));
      for (int r = 0; r < rows; r++) {
        fma("s" + r + k, "a" + r, "v" + k);
      }
      load("u" + k, "w", "j" + plus(k, "PANEL") + " + LANES");
      for (int r = 0; r < rows; r++) {
        fma("s" + r + k, "b" + r, "u" + k);
      }
    }
    close();
    endLanes(rows, inputs);
  }

  /** Where 16 registers must do: the inputs stay, the rows come one by one. */
  private void fencedLanes() {
    String comment =
        "6 rows, 2 inputs; at least 1 panel. The fences are those of {@link VectorProduct}.";
    beginLanes(comment, 6, 2);
    line("int end = wo + panels * wps;");
    open("do {");
    for (String half : List.of("", " + LANES")) {
      String w = half.isEmpty() ? "v" : "u";
      String y = half.isEmpty() ? "a" : "b";
      load(w + 0, "w", "wo" + half);
      load(w + 1, "w", "wo + PANEL" + half);
      for (int r = 0; r < 6; r++) {
        load(y + r, "y", "yo" + plus(r, "PANEL") + half);
        fma("s" + r + 0, y + r, w + 0);
        fma("s" + r + 1, y + r, w + 1);
        line(FENCE);
      }
    }
    line("yo += yps;");
    line("wo += wps;");
    close("} while (wo != end);");
    endLanes(6, 2);
  }

  // exp, sigmoid and tanh, operation by operation those of ScalarMath.

  private static final String CONSTANTS =
      """
      // What sigmoid and tanh need beside exp. The JIT inlines so many nodes into one loop and no more;
      // beyond, vectors stay boxed. A constant in a static final field costs fewer nodes than a
      // broadcast at its use, though it runs slower: exp, which fits on its own, broadcasts.
      private static final FloatVector ZERO = broadcast(0f);
      private static final FloatVector ONE = broadcast(1f);
      private static final FloatVector MINUS_TWO = broadcast(-2f);
      private static final FloatVector TANH_SMALL = broadcast(ScalarMath.TANH_SMALL);
      private static final FloatVector T3 = broadcast(ScalarMath.T3);
      private static final FloatVector T5 = broadcast(ScalarMath.T5);
      private static final FloatVector T7 = broadcast(ScalarMath.T7);
      private static final FloatVector T9 = broadcast(ScalarMath.T9);
      private static final FloatVector T11 = broadcast(ScalarMath.T11);
      """;

  /** e = exp(a). */
  private static final String EXP =
      """
      FloatVector t = a.fma(ScalarMath.LOG2_E, ScalarMath.ROUNDER);
      FloatVector j = t.sub(ScalarMath.ROUNDER);
      FloatVector exact = j.fma(FloatVector.broadcast(SPECIES, -ScalarMath.LN2_HIGH), a);
      FloatVector r = j.fma(FloatVector.broadcast(SPECIES, -ScalarMath.LN2_LOW), exact);
      FloatVector rLow = j.fma(FloatVector.broadcast(SPECIES, -ScalarMath.LN2_LOW), exact.sub(r));
      FloatVector p = FloatVector.broadcast(SPECIES, ScalarMath.E7);
      p = p.fma(r, FloatVector.broadcast(SPECIES, ScalarMath.E6));
      p = p.fma(r, FloatVector.broadcast(SPECIES, ScalarMath.E5));
      p = p.fma(r, FloatVector.broadcast(SPECIES, ScalarMath.E4));
      p = p.fma(r, FloatVector.broadcast(SPECIES, ScalarMath.E3));
      p = p.fma(r, FloatVector.broadcast(SPECIES, ScalarMath.E2));
      p = p.fma(r.mul(r), rLow);
      FloatVector sumR = r.add(1f);
      p = sumR.add(p.add(r.sub(sumR.sub(1f))));
      IntVector shifted = t.reinterpretAsInts().lanewise(LSHL, 23);
      FloatVector e = p.reinterpretAsInts().add(shifted).reinterpretAsFloats();
      e = e.blend(0f, a.compare(LT, ScalarMath.EXP_LOWEST));
      e = a.add(Float.POSITIVE_INFINITY).blend(e, a.compare(LE, ScalarMath.EXP_HIGHEST));
      """;

  private static final String SIGMOID =
      """
      VectorMask<Float> negative = v.compare(LT, ZERO);
      FloatVector top = ONE.blend(e, negative);
      FloatVector sum = e.add(ONE);
      FloatVector lost = e.sub(sum.sub(ONE));
      FloatVector u = top.div(sum);
      FloatVector minusU = u.neg();
      FloatVector rest = minusU.fma(lost, minusU.fma(sum, top));
      rest.fma(u.blend(ONE.sub(u), negative), u).intoArray(y, yo + i);
      """;

  private static final String TANH_OF_SMALL =
      """
      FloatVector s = v.mul(v);
      FloatVector q = T11.fma(s, T9);
      q = q.fma(s, T7);
      q = q.fma(s, T5);
      q = q.fma(s, T3);
      FloatVector small = v.mul(s).fma(q, v);
      FloatVector abs = v.abs();
      FloatVector a = abs.mul(MINUS_TWO);
      """;

  private static final String TANH =
      """
      FloatVector large = ONE.sub(e).div(e.add(ONE));
      large = large.blend(large.neg(), v.compare(LT, ZERO));
      large.blend(small, abs.compare(LT, TANH_SMALL)).intoArray(y, yo + i);
      """;

  private static TileGenerator exps() {
    TileGenerator g = new TileGenerator();
    g.head(
        "VectorExpLoops",
        "The loops of {@link VectorMath}, over whole vectors.",
        "static io.gru4j.tensor.kernel.VectorMath.L",
        "static io.gru4j.tensor.kernel.VectorMath.SPECIES",
        "static jdk.incubator.vector.VectorOperators.LE",
        "static jdk.incubator.vector.VectorOperators.LSHL",
        "static jdk.incubator.vector.VectorOperators.LT",
        "",
        "jdk.incubator.vector.FloatVector",
        "jdk.incubator.vector.IntVector",
        "jdk.incubator.vector.VectorMask");
    g.lines(CONSTANTS);
    g.constructor("VectorExpLoops");
    g.line("");
    g.open("private static FloatVector broadcast(float x) {");
    g.line("return FloatVector.broadcast(SPECIES, x);");
    g.close();
    g.loop("exp", "a", EXP + "e.intoArray(y, yo + i);\n");
    g.loop("sigmoid", "v", "FloatVector a = v.abs().neg();\n" + EXP + SIGMOID);
    g.loop("tanh", "v", TANH_OF_SMALL + EXP + TANH);
    return g.end();
  }

  private void loop(String name, String input, String body) {
    comment("{@link ScalarMath#" + name + "} of n values, a multiple of L.");
    method(name, "float[] y, int yo, float[] x, int xo, int n");
    open("for (int i = 0; i < n; i += L) {");
    load(input, "x", "xo + i");
    lines(body);
    close();
    close();
  }

  // Java.

  private void head(String name, String comment, String... imports) {
    out.append("// Generated by TileGenerator; do not edit.\npackage io.gru4j.tensor.kernel;\n\n");
    for (String i : imports) {
      out.append(i.isEmpty() ? "\n" : "import " + i + ";\n");
    }
    out.append("\n/** ").append(comment).append(" */\nfinal class ").append(name).append(" {\n\n");
  }

  private void constructor(String name) {
    if (!out.toString().endsWith("{\n\n")) {
      line("");
    }
    line("private " + name + "() {}");
  }

  private TileGenerator end() {
    out.append("}\n");
    return this;
  }

  private void comment(String text) {
    line("");
    line("/** " + text + " */");
  }

  /** The head of a method, its parameters on one line if they fit, else each on its own. */
  private void method(String name, String parameters) {
    String head = "static void " + name + "(";
    if (2 + head.length() + parameters.length() + 3 <= WIDTH) {
      open(head + parameters + ") {");
      return;
    }
    line(head);
    boolean fits = 6 + parameters.length() + 3 <= WIDTH;
    List<String> rows =
        new ArrayList<>(fits ? List.of(parameters) : List.of(parameters.split(", ")));
    for (int i = 0; i < rows.size(); i++) {
      line("    " + rows.get(i) + (i + 1 < rows.size() ? "," : ") {"));
    }
    depth++;
  }

  private void load(String vector, String array, String at) {
    line("FloatVector " + vector + " = FloatVector.fromArray(SPECIES, " + array + ", " + at + ");");
  }

  private void broadcast(String vector, String value) {
    line("FloatVector " + vector + " = FloatVector.broadcast(SPECIES, " + value + ");");
  }

  private void zero(String vector) {
    line("FloatVector " + vector + " = FloatVector.zero(SPECIES);");
  }

  private void fma(String sum, String a, String b) {
    line(sum + " = " + a + ".fma(" + b + ", " + sum + ");");
  }

  private void store(String vector, String array, String at) {
    line(vector + ".intoArray(" + array + ", " + at + ");");
  }

  private static String times(int n, String unit) {
    return n == 1 ? unit : n + " * " + unit;
  }

  private static String plus(int n, String unit) {
    return n == 0 ? "" : " + " + times(n, unit);
  }

  private static String plus(int n) {
    return n == 0 ? "" : " + " + n;
  }

  private void open(String line) {
    line(line);
    depth++;
  }

  private void close() {
    close("}");
  }

  private void close(String line) {
    depth--;
    line(line);
  }

  private void lines(String lines) {
    lines.lines().forEach(this::line);
  }

  private void line(String line) {
    out.append(line.isEmpty() ? "" : "  ".repeat(depth)).append(line).append('\n');
  }
}
