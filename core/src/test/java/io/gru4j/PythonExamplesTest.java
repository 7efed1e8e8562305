package io.gru4j;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.abort;

import io.gru4j.algorithms.GRU4RecCrossEntropy;
import io.gru4j.algorithms.TestSessions;
import io.gru4j.model.FittedModel;
import io.gru4j.model.Recommendation;
import io.gru4j.model.UnknownItems;
import io.gru4j.tensor.autograd.Parameter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The Python of docs/torch.md that needs the standard library alone, run by python3. */
class PythonExamplesTest {
  private static final Pattern PYTHON = Pattern.compile("(?ms)^```python\n(.*?)^```$");

  @TempDir Path folder;

  @Test
  void aModelGoesToPythonAndBack() throws Exception {
    FittedModel model;
    try (var estimator = new GRU4RecCrossEntropy(TestSessions.tiny())) {
      TestSessions made = TestSessions.make(3, 40, 7);
      model = estimator.fit(made.x(), made.items(), null).model();
    }
    Path ours = folder.resolve("ours.safetensors");
    Path theirs = folder.resolve("theirs.safetensors");
    model.save(ours);
    List<String> lines =
        python(
            """

            assert damaged(sys.argv[1]) == []
            flipped = bytearray(open(sys.argv[1], "rb").read())
            flipped[-1] ^= 1
            open(sys.argv[2], "wb").write(flipped)
            assert damaged(sys.argv[2]) == ["gru4j.item_ids"]
            tensors = read(sys.argv[1])
            write(sys.argv[2], tensors)
            for score in scores(tensors, [2, 0, 5]):
                print(score)
            """,
            ours,
            theirs);

    FittedModel back = FittedModel.load(theirs);
    for (int i = 0; i < model.network().parameters().size(); i++) {
      Parameter expected = model.network().parameters().get(i);
      assertArrayEquals(
          values(expected), values(back.network().parameters().get(i)), expected.name());
    }
    List<Recommendation> answers =
        back.recommend(List.of("2", "0", "5"), 7, UnknownItems.SKIP).items();
    assertEquals(7, lines.size());
    assertEquals(7, answers.size());
    for (Recommendation answer : answers) {
      double score = Double.parseDouble(lines.get(Integer.parseInt(answer.item())));
      assertEquals(score, answer.score(), 1e-5, "item " + answer.item());
    }
  }

  private static float[] values(Parameter parameter) {
    float[] values = new float[parameter.rows() * parameter.cols()];
    parameter.read(0, values, values.length);
    return values;
  }

  private List<String> python(String end, Path... arguments)
      throws IOException, InterruptedException {
    StringBuilder script = new StringBuilder();
    PYTHON
        .matcher(Files.readString(Path.of("docs/torch.md")))
        .results()
        .map(block -> block.group(1))
        .filter(block -> !block.contains("torch"))
        .forEach(script::append);
    Path file = Files.writeString(folder.resolve("example.py"), script + end);
    Path out = folder.resolve("out");
    Path err = folder.resolve("err");
    Process process;
    try {
      process =
          new ProcessBuilder(
                  "python3", file.toString(), arguments[0].toString(), arguments[1].toString())
              .redirectOutput(out.toFile())
              .redirectError(err.toFile())
              .start();
    } catch (IOException e) {
      return abort("there is no python3: " + e.getMessage());
    }
    assertTrue(process.waitFor(120, TimeUnit.SECONDS), "python3 did not end");
    assertEquals(0, process.exitValue(), () -> contents(err));
    return Files.readAllLines(out);
  }

  private static String contents(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      return e.toString();
    }
  }
}
