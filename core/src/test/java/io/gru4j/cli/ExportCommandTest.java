package io.gru4j.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gru4j.model.FittedModel;
import io.gru4j.tensor.autograd.Parameter;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Set;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import org.junit.jupiter.api.Test;

class ExportCommandTest extends CommandLineCase {

  private String file(String name) {
    return Path.of(model).resolveSibling(name).toString();
  }

  @Test
  void writesWhatIsNamedAndTheSameBytesAgain() throws IOException {
    train("--hidden-sizes=5,4").expect(0);
    String[] flags = {
      "export",
      "--model=" + model,
      "--onnx=" + file("a.onnx"),
      "--onnx-step=" + file("b.onnx"),
      "--npz=" + file("c.npz")
    };
    String err = run(flags).expect(0).err();
    byte[][] first = new byte[3][];
    for (int i = 0; i < first.length; i++) {
      Path path = Path.of(flags[i + 2].substring(flags[i + 2].indexOf('=') + 1));
      first[i] = Files.readAllBytes(path);
      assertContains(err, "wrote " + path + ", " + Numbers.bytes(first[i].length));
    }
    run(flags).expect(0);
    assertArrayEquals(first[0], Files.readAllBytes(Path.of(file("a.onnx"))));
    assertArrayEquals(first[1], Files.readAllBytes(Path.of(file("b.onnx"))));
    assertArrayEquals(first[2], Files.readAllBytes(Path.of(file("c.npz"))));
  }

  /** Read here by what numpy's description of the format says. */
  @Test
  void arraysAreTheParametersAndTheIds() throws IOException {
    train("--embedding=separate").expect(0);
    run("export", "--model=" + model, "--npz=" + file("c.npz")).expect(0);
    FittedModel fitted = FittedModel.load(Path.of(model));
    Set<String> names = new HashSet<>(Set.of("item_ids.npy"));
    try (ZipFile zip = new ZipFile(file("c.npz"))) {
      for (Parameter p : fitted.network().parameters()) {
        names.add(p.name() + ".npy");
        String shape = p.isBias() ? p.rows() + "," : p.rows() + ", " + p.cols();
        ByteBuffer data = array(zip, p.name(), "<f4", shape);
        float[] expected = new float[p.rows() * p.cols()];
        p.read(0, expected, expected.length);
        float[] found = new float[expected.length];
        data.asFloatBuffer().get(found);
        assertArrayEquals(expected, found, p.name());
        assertEquals(4 * found.length, data.remaining());
      }
      int longest = 0;
      for (int i = 0; i < fitted.numItems(); i++) {
        longest = Math.max(longest, fitted.items().idOf(i).length());
      }
      ByteBuffer ids = array(zip, "item_ids", "<U" + longest, fitted.numItems() + ",");
      for (int i = 0; i < fitted.numItems(); i++) {
        StringBuilder id = new StringBuilder();
        for (int c = 0; c < longest; c++) {
          int point = ids.getInt();
          if (point != 0) {
            id.appendCodePoint(point);
          }
        }
        assertEquals(fitted.items().idOf(i), id.toString());
      }
      assertEquals(0, ids.remaining());
      Set<String> found = new HashSet<>();
      zip.stream().map(ZipEntry::getName).forEach(found::add);
      assertEquals(names, found);
    }
  }

  /** The data behind a header that says so. */
  private static ByteBuffer array(ZipFile zip, String name, String type, String shape)
      throws IOException {
    byte[] bytes;
    try (InputStream in = zip.getInputStream(zip.getEntry(name + ".npy"))) {
      bytes = in.readAllBytes();
    }
    ByteBuffer buffer = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    assertEquals("\u0093NUMPY\1\0", text(bytes, 0, 8));
    int length = buffer.getShort(8);
    assertEquals(0, (10 + length) % 64, "the data begin at a multiple of 64");
    assertEquals(
        "{'descr': '" + type + "', 'fortran_order': False, 'shape': (" + shape + "), }",
        text(bytes, 10, length).strip());
    assertEquals('\n', bytes[9 + length]);
    return buffer.position(10 + length).slice().order(ByteOrder.LITTLE_ENDIAN);
  }

  private static String text(byte[] bytes, int from, int length) {
    return new String(bytes, from, length, StandardCharsets.ISO_8859_1);
  }

  @Test
  void theScriptHasTheShapes() {
    train("--hidden-sizes=5,4").expect(0);
    String script = run("export", "--model=" + model, "--torch-py").expect(0).out();
    assertContains(script, "pip install torch safetensors");
    assertContains(script, "load_file(\"" + model + "\")");
    assertContains(script, "enumerate([(6, 5), (5, 4)])");
    assertContains(script, "tensors[\"emb.weight\"]");
    assertContains(script, "range(12)");
    train("--embedding=shared").expect(0);
    String shared = run("export", "--model=" + model, "--torch-py").expect(0).out();
    assertContains(shared, "enumerate([(8, 8)])");
    assertFalse(shared.contains("emb.weight"), shared);
  }

  @Test
  void noFileTakesThePlaceOfAnother() throws IOException {
    train().expect(0);
    byte[] before = Files.readAllBytes(Path.of(model));
    assertContains(
        run("export", "--model=" + model, "--npz=" + model).expect(2).err(),
        "--model and --npz are the same file");
    assertContains(
        run("export", "--model=" + model, "--onnx=" + file("x"), "--onnx-step=" + file("x"))
            .expect(2)
            .err(),
        "--onnx and --onnx-step are the same file");
    assertContains(run("export", "--model=" + model).expect(2).err(), "nothing to write: give");
    assertContains(
        run("export", "--model=" + model, "--npz=" + file("no/x.npz")).expect(1).err(),
        "its folder does not exist");
    assertArrayEquals(before, Files.readAllBytes(Path.of(model)));
    assertTrue(Files.notExists(Path.of(file("x"))));
  }
}
