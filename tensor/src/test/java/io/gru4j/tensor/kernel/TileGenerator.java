package io.gru4j.tensor.kernel;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;
import java.util.function.IntFunction;
import java.util.regex.Pattern;

/**
 * Writes what the vector kernels need unrolled: their register tiles, and the loops of exp, sigmoid
 * and tanh. Java keeps vectors in registers only as local variables, and a function of vectors may
 * not be inlined, so every accumulator has a name and every operation a line.
 *
 * <p>After a change here, from the folder of the module:
 *
 * <pre>  java src/test/java/io/gru4j/tensor/kernel/TileGenerator.java src/main/java</pre>
 *
 * <p>Which tile belongs to which vectors stands in the page of the package. How the lines follow
 * one another matters to the JIT: see {@link VectorProducts}.
 */
final class TileGenerator {

  private static final int WIDTH = 100; // of a line

  /** Imports of a file, those whose last name it uses. */
  private static final List<String> IMPORTS =
      List.of(
          "static io.gru4j.tensor.kernel.Kernels.LANES",
          "static io.gru4j.tensor.kernel.Kernels.PANEL",
          "static io.gru4j.tensor.kernel.Kernels.QUAD",
          "static io.gru4j.tensor.kernel.Vectors.L",
          "static io.gru4j.tensor.kernel.Vectors.SPECIES",
          "static jdk.incubator.vector.VectorOperators.LE",
          "static jdk.incubator.vector.VectorOperators.LSHL",
          "static jdk.incubator.vector.VectorOperators.LT",
          "java.lang.invoke.VarHandle",
          "jdk.incubator.vector.FloatVector",
          "jdk.incubator.vector.IntVector",
          "jdk.incubator.vector.VectorMask");

  private final Map<String, String> files = new LinkedHashMap<>();
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
    TileGenerator generator = new TileGenerator();
    generator.products();
    generator.blocks();
    generator.steps();
    generator.lanes();
    generator.exps();
    return generator.files;
  }

  // Products of a packed block: rows x vectors of columns, while k runs. Sums are c and d (e and f)
  // with the number of the row.

  private void products() {
    line("/** Steps of k that {@link #tile6x2} takes at a time; it needs as many. */");
    line("static final int STEPS = 8;");
    constructor("VectorProductTiles");
    product("12 rows from the first of a quad on, and 2 L columns", 12, 2);
    product("8 rows from the first of a quad on, and 2 L columns", 8, 2);
    pairsProduct();
    product("The 4 rows of a quad, and 4 L columns", 4, 4);
    product("The 4 rows of a quad, and 2 L columns", 4, 2);
    product("3 rows of a quad, and 2 L columns", 3, 2);
    product("2 rows of a quad, and 2 L columns", 2, 2);
    product("1 row and 2 L columns", 1, 2);
    product("8 rows from the first of a quad on, and L columns", 8, 1);
    product("1 row and L columns", 1, 1);
    file("VectorProductTiles", "The register tiles of {@link VectorProducts}");
  }

  private void product(String comment, int rows, int vectors) {
    String cs = rows > 1 ? " int cs," : "";
    String is = rows > 1 ? " int is," : "";
    String ap = rows > 4 ? " int ap," : "";
    method(
        comment,
        "tile%dx%d".formatted(rows, vectors),
        "float[] c, int co,%s float[] init, int io,%s float[] a, int ao,%s float[] b, int bo, int K"
            .formatted(cs, is, ap));
    grid(rows, vectors, (r, v) -> load(sum(r, v), "init", "io" + plus(r, "is") + plus(v, "L")));
    for (int r = 4; r < rows; r += 4) {
      line("int a%d = ao%s;", r, plus(r / 4, "ap"));
    }
    open("for (int k = 0; k < K; k++) {");
    IntFunction<String> quad = r -> (r < 4 ? "ao" : "a" + r / 4 * 4) + " + k * QUAD" + plus(r % 4);
    step(rows, vectors, 0, "bo + k * PANEL", quad, "");
    close("}");
    grid(rows, vectors, (r, v) -> store(sum(r, v), "c", "co" + plus(r, "cs") + plus(v, "L")));
    close("}");
  }

  /** 6 rows may begin within a quad: those of a pair lie side by side. */
  private void pairsProduct() {
    method(
        "6 rows of three pairs, which start at a0, a2 and a4, and 2 L columns; at least 8 steps",
        "tile6x2",
        "float[] c, int co, int cs, float[] init, int io, int is, float[] a, int a0, int a2,"
            + " int a4, float[] b, int bo, int K");
    grid(6, 2, (r, v) -> load(sum(r, v), "init", "io" + plus(r, "is") + plus(v, "L")));
    line("int end = bo + K * PANEL;");
    line("int whole = end - K % STEPS * PANEL;");
    open("do {");
    for (int s = 0; s < 8; s++) {
      String ofStep = plus(s, "QUAD");
      IntFunction<String> pair = r -> "a" + r / 2 * 2 + ofStep + plus(r % 2);
      step(6, 2, s, "bo" + plus(s, "PANEL"), pair, "VarHandle.acquireFence();");
    }
    advance("STEPS * ");
    close("} while (bo != whole);");
    open("if (bo != end) {");
    open("do {");
    step(6, 2, 0, "bo", r -> "a" + r / 2 * 2 + plus(r % 2), "VarHandle.acquireFence();");
    advance("");
    close("} while (bo != end);");
    close("}");
    grid(6, 2, (r, v) -> store(sum(r, v), "c", "co" + plus(r, "cs") + plus(v, "L")));
    close("}");
  }

  private void advance(String steps) {
    for (int r = 0; r < 6; r += 2) {
      line("a%d += %sQUAD;", r, steps);
    }
    line("bo += %sPANEL;", steps);
  }

  /** The s-th k written out: its row of b stays, each value of a is broadcast. */
  private void step(int rows, int vectors, int s, String b, IntFunction<String> a, String fence) {
    grid(1, vectors, (r, v) -> load("b" + (s * vectors + v), "b", b + plus(v, "L")));
    for (int r = 0; r < rows; r++) {
      broadcast("v" + (s * rows + r), "a[" + a.apply(r) + "]");
      for (int v = 0; v < vectors; v++) {
        fma(sum(r, v), "v" + (s * rows + r), "b" + (s * vectors + v));
      }
      if (!fence.isEmpty()) {
        line(fence);
      }
    }
  }

  // Products of a block that is read as it lies: rows x 32 columns, 16 lanes.

  private void blocks() {
    constructor("VectorBlockTiles");
    for (int rows : new int[] {12, 8, 4, 1}) {
      block(rows);
    }
    file("VectorBlockTiles", "The register tiles of {@link VectorBlock}");
  }

  private void block(int rows) {
    method(
        rows + (rows == 1 ? " row" : " rows") + ", 32 columns",
        "tile" + rows,
        "float[] c, int co, float[] y, int yo, int yps, float[] b, int bo, int panels");
    grid(rows, 2, (r, v) -> zero(sum(r, v)));
    open("for (int p = 0; p < panels; p++) {");
    line("int i = yo + p * yps;");
    line("int j = bo + p * PANEL * PANEL;");
    open("for (int l = 0; l < PANEL; l++) {");
    load("b0", "b", "j + l * PANEL");
    load("b1", "b", "j + l * PANEL + L");
    for (int r = 0; r < rows; r++) {
      broadcast("v" + r, "y[i + l" + plus(r, "PANEL") + "]");
      fma(sum(r, 0), "v" + r, "b0");
      fma(sum(r, 1), "v" + r, "b1");
    }
    close("}");
    close("}");
    grid(rows, 2, (r, v) -> store(sum(r, v), "c", "co" + plus(r, "PANEL") + plus(v, "L")));
    close("}");
  }

  // Few k: their rows of b stay in registers while the rows of c pass.

  private void steps() {
    constructor("VectorStepsTiles");
    for (int steps : new int[] {8, 4, 3, 2, 1}) {
      steps(steps);
    }
    file("VectorStepsTiles", "The register tiles of {@link VectorSteps}");
  }

  private void steps(int steps) {
    method(
        steps + (steps == 1 ? " step" : " steps") + " of k, 2 L columns",
        "steps" + steps,
        "float[] c, int co, int cs, float[] init, int io, int is, float[] a, int ao, int ap,"
            + " float[] b, int bo, int rows");
    grid(
        steps,
        2,
        (s, v) -> load("be".charAt(v) + "" + s, "b", "bo" + plus(s, "PANEL") + plus(v, "L")));
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
    close("}");
    close("}");
  }

  // Products over lanes: rows x inputs, while the panels run. a and b are lanes 0 to 15 and 16 to
  // 31
  // of a row, v and u those of an input.

  private void lanes() {
    constructor("VectorLanesTiles");
    lanes("4 rows, 4 inputs", 4, 4);
    fencedLanes();
    lanes("2 rows, 4 inputs", 2, 4);
    lanes("1 row, 4 inputs", 1, 4);
    lanes("1 row, 1 input", 1, 1);
    file("VectorLanesTiles", "The register tiles of {@link VectorLanes}");
  }

  private void beginLanes(String comment, int rows, int inputs) {
    String ss = rows > 1 ? "int ss, " : "";
    method(
        comment,
        "tile%dx%d".formatted(rows, inputs),
        "float[] sums, int so, %sfloat[] y, int yo, int yps, float[] w, int wo, int wps, int panels"
            .formatted(ss));
    grid(rows, inputs, (r, k) -> zero("s" + r + k));
  }

  private void endLanes(int rows, int inputs) {
    grid(
        rows,
        inputs,
        (r, k) -> store("s" + r + k, "sums", "so" + plus(r, "ss") + plus(k, "LANES")));
    close("}");
  }

  private void lanes(String comment, int rows, int inputs) {
    beginLanes(comment, rows, inputs);
    open("for (int p = 0; p < panels; p++) {");
    line("int i = yo + p * yps;");
    line("int j = wo + p * wps;");
    grid(
        rows,
        2,
        (r, h) -> load("ab".charAt(h) + "" + r, "y", "i" + plus(r, "PANEL") + plus(h, "LANES")));
    for (int k = 0; k < inputs; k++) {
      for (int half = 0; half < 2; half++) {
        String w = "vu".charAt(half) + "" + k;
        load(w, "w", "j" + plus(k, "PANEL") + plus(half, "LANES"));
        for (int r = 0; r < rows; r++) {
          fma("s" + r + k, "ab".charAt(half) + "" + r, w);
        }
      }
    }
    close("}");
    endLanes(rows, inputs);
  }

  /** Where 16 registers must do: the inputs stay, the rows come one by one. */
  private void fencedLanes() {
    beginLanes("6 rows, 2 inputs; at least 1 panel", 6, 2);
    line("int end = wo + panels * wps;");
    open("do {");
    for (int half = 0; half < 2; half++) {
      char w = "vu".charAt(half);
      char y = "ab".charAt(half);
      String ofHalf = plus(half, "LANES");
      grid(1, 2, (r, k) -> load("" + w + k, "w", "wo" + plus(k, "PANEL") + ofHalf));
      for (int r = 0; r < 6; r++) {
        load("" + y + r, "y", "yo" + plus(r, "PANEL") + ofHalf);
        fma("s" + r + 0, "" + y + r, w + "0");
        fma("s" + r + 1, "" + y + r, w + "1");
        line("VarHandle.acquireFence();");
      }
    }
    line("yo += yps;");
    line("wo += wps;");
    close("} while (wo != end);");
    endLanes(6, 2);
  }

  // exp, sigmoid and tanh, operation by operation those of ScalarMath.

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

  private void exps() {
    line(
        "// What sigmoid and tanh need beside exp. The JIT inlines so many nodes into one loop and"
            + " no");
    line(
        "// more; beyond, vectors stay boxed. A constant in a static final field costs fewer nodes"
            + " than");
    line(
        "// a broadcast at its use, though it runs slower: exp, which fits on its own,"
            + " broadcasts.");
    constant("ZERO", "0f");
    constant("ONE", "1f");
    constant("MINUS_TWO", "-2f");
    for (String name : List.of("TANH_SMALL", "T3", "T5", "T7", "T9", "T11")) {
      constant(name, "ScalarMath." + name);
    }
    constructor("VectorExpLoops");
    out.append("\n");
    open("private static FloatVector broadcast(float x) {");
    line("return FloatVector.broadcast(SPECIES, x);");
    close("}");
    loop("exp", "a", EXP + "e.intoArray(y, yo + i);\n");
    loop("sigmoid", "v", "FloatVector a = v.abs().neg();\n" + EXP + SIGMOID);
    loop("tanh", "v", TANH_OF_SMALL + EXP + TANH);
    file("VectorExpLoops", "The loops of {@link VectorElements}, over whole vectors");
  }

  private void constant(String name, String value) {
    line("private static final FloatVector %s = broadcast(%s);", name, value);
  }

  private void loop(String name, String input, String body) {
    String comment = "{@link ScalarMath#" + name + "} of n values, a multiple of L";
    method(comment, name, "float[] y, int yo, float[] x, int xo, int n");
    open("for (int i = 0; i < n; i += L) {");
    load(input, "x", "xo + i");
    body.lines().forEach(line -> line(line));
    close("}");
    close("}");
  }

  // Java.

  /** Ends a file: what was written so far is the body of its class. */
  private void file(String name, String comment) {
    String body = out.toString();
    StringBuilder imports = new StringBuilder();
    String before = "";
    for (String i : IMPORTS) {
      String used = i.substring(i.lastIndexOf('.') + 1);
      if (Pattern.compile("\\b" + used + "\\b").matcher(body).find()) {
        boolean next = before.startsWith("static") && !i.startsWith("static");
        imports.append(next ? "\n" : "").append("import ").append(i).append(";\n");
        before = i;
      }
    }
    String head =
        "// Generated by TileGenerator; do not edit.\npackage io.gru4j.tensor.kernel;\n\n";
    String type = "\n/** %s. */\nfinal class %s {\n\n".formatted(comment, name);
    files.put("io/gru4j/tensor/kernel/" + name + ".java", head + imports + type + body + "}\n");
    out.setLength(0);
  }

  private void constructor(String name) {
    out.append(out.isEmpty() ? "" : "\n");
    line("private %s() {}", name);
  }

  /** Opens a method; its parameters stand on the first line or the second if they fit. */
  private void method(String comment, String name, String parameters) {
    out.append("\n");
    line("/** %s. */", comment);
    String head = "static void " + name + "(";
    String end = ") {";
    if (2 + head.length() + parameters.length() + end.length() <= WIDTH) {
      open(head + parameters + end);
      return;
    }
    boolean fits = 6 + parameters.length() + end.length() <= WIDTH;
    line(head);
    depth += 2;
    (fits ? parameters : parameters.replace(", ", ",\n"))
        .concat(end)
        .lines()
        .forEach(line -> line(line));
    depth -= 1;
  }

  private void load(String vector, String array, String at) {
    line("FloatVector %s = FloatVector.fromArray(SPECIES, %s, %s);", vector, array, at);
  }

  private void broadcast(String vector, String value) {
    line("FloatVector %s = FloatVector.broadcast(SPECIES, %s);", vector, value);
  }

  private void zero(String vector) {
    line("FloatVector %s = FloatVector.zero(SPECIES);", vector);
  }

  private void fma(String sum, String a, String b) {
    line("%s = %s.fma(%s, %s);", sum, a, b, sum);
  }

  private void store(String vector, String array, String at) {
    line("%s.intoArray(%s, %s);", vector, array, at);
  }

  /** The sum of a row in the v-th vector of columns. */
  private static String sum(int row, int v) {
    return "cdef".charAt(v) + "" + row;
  }

  /** Row by row. */
  private static void grid(int rows, int columns, BiConsumer<Integer, Integer> at) {
    for (int r = 0; r < rows; r++) {
      for (int c = 0; c < columns; c++) {
        at.accept(r, c);
      }
    }
  }

  private static String plus(int n, String unit) {
    return n == 0 ? "" : n == 1 ? " + " + unit : " + " + n + " * " + unit;
  }

  private static String plus(int n) {
    return n == 0 ? "" : " + " + n;
  }

  private void open(String line) {
    line(line);
    depth++;
  }

  private void close(String line) {
    depth--;
    line(line);
  }

  private void line(String format, Object... values) {
    out.append("  ".repeat(depth));
    out.append(values.length == 0 ? format : format.formatted(values)).append('\n');
  }
}
