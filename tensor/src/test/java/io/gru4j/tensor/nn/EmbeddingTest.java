package io.gru4j.tensor.nn;

import static io.gru4j.tensor.PlainGru4Rec.FILE;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.gru4j.tensor.Parallel;
import io.gru4j.tensor.Reference;
import io.gru4j.tensor.TestData;
import io.gru4j.tensor.autograd.Operations;
import io.gru4j.tensor.autograd.Parameter;
import io.gru4j.tensor.autograd.Tape;
import io.gru4j.tensor.autograd.Variable;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class EmbeddingTest {

  @Property
  void valuesAndGradients(
      @ForAll @IntRange(min = 1, max = 9) int items,
      @ForAll @IntRange(min = 1, max = 33) int E,
      @ForAll @IntRange(max = 20) int M,
      @ForAll long seed) {
    TestData data = new TestData(seed);
    Parameter table = data.fill(Parameter.ofSparseRows("emb.weight", items, E), 1f);
    double[][] reference = Reference.of(table);
    Embedding embedding = new Embedding(table);
    for (int round = 0; round < 2; round++) { // the second starts from gradients of zero again
      int[] indices = data.targets(M, items, 0);
      Tape tape = new Tape();
      Variable y = embedding.forward(tape, indices, M);
      Reference.assertClose("y", FILE.embeddingForward(reference, indices), y.value());
      Variable w = data.variable(M, E, 1f);
      Operations ops = new Operations(tape, new Parallel(1));
      table.zeroGrad();
      tape.backward(ops.sum(ops.multiply(y, w)));
      double[][] dTable = new double[items][E];
      FILE.embeddingBackward(dTable, indices, Reference.of(w.value()));
      Reference.assertGradient("table", dTable, table::gradAt);
    }
  }

  /** Each distinct row once: values, and the gradient of every use in one row. */
  @Property
  void distinctRows(
      @ForAll @IntRange(min = 1, max = 9) int items,
      @ForAll @IntRange(max = 20) int M,
      @ForAll long seed) {
    TestData data = new TestData(seed);
    Parameter table = data.fill(Parameter.ofSparseRows("emb.weight", items, 3), 1f);
    Embedding embedding = new Embedding(table);
    DistinctRows distinct = new DistinctRows();
    for (int rows : new int[] {M, 20, M / 2}) {
      int[] indices = data.targets(rows, items, 0);
      int D = distinct.find(indices, rows);
      Tape tape = new Tape();
      Variable y = embedding.forward(tape, indices, distinct);
      assertEquals(D, y.rows());
      for (int m = 0; m < rows; m++) {
        for (int col = 0; col < 3; col++) {
          assertEquals(table.get(indices[m], col), y.value().get(distinct.number(m), col));
        }
      }
      table.zeroGrad();
      tape.backward(new Operations(tape, new Parallel(1)).sum(y));
      assertEquals(D, table.touchedRows());
      for (int m = 0; m < rows; m++) {
        assertEquals(1f, table.gradAt(indices[m], 2));
      }
    }
  }

  /** Buffers have room for a later chunk of as many rows of which fewer are equal. */
  @Test
  void roomIsMadeForAllRows() {
    Embedding embedding = new Embedding(Parameter.ofSparseRows("emb.weight", 5, 3));
    DistinctRows distinct = new DistinctRows();
    float[][] arrays = new float[2][];
    for (int[] indices : new int[][] {{1, 1, 1, 1}, {1, 2, 3, 4}}) {
      distinct.find(indices, 4);
      Variable y = embedding.forward(new Tape(), indices, distinct);
      if (arrays[0] != null) {
        assertSame(arrays[0], y.value().data());
        assertSame(arrays[1], y.grad().data());
      }
      arrays[0] = y.value().data();
      arrays[1] = y.grad().data();
    }
  }

  @Test
  void itemsAreChecked() {
    Parameter table = Parameter.ofSparseRows("emb.weight", 3, 2);
    for (int bad : new int[] {-1, 3}) {
      int[] indices = {0, bad};
      String message =
          assertThrows(
                  IndexOutOfBoundsException.class,
                  () -> new Embedding(table).forward(new Tape(), indices, 2))
              .getMessage();
      assertEquals("items[1] = " + bad + " is outside [0, 3)", message);
      int[] twice = {0, 0, bad};
      DistinctRows distinct = new DistinctRows();
      distinct.find(twice, 3);
      message =
          assertThrows(
                  IndexOutOfBoundsException.class,
                  () -> new Embedding(table).forward(new Tape(), twice, distinct))
              .getMessage();
      assertEquals("items[2] = " + bad + " is outside [0, 3)", message);
    }
  }
}
