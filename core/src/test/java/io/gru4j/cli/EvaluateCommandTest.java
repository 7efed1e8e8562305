package io.gru4j.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gru4j.file.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class EvaluateCommandTest extends CommandLineCase {
  @Test
  void evaluationForScriptsIsJson() throws IOException {
    train().expect(0);
    Path other = folder.resolve("other.tsv");
    Files.writeString(other, "a,b,t\n1,ä1,1\n1,zz,2\n1,ä3,3\n1,ä5,4\n");
    Result result =
        run(
                "evaluate",
                other.toString(),
                "--model",
                model,
                "--at",
                "20,5",
                "--json",
                "--session-key=a",
                "--item-key=b",
                "--time-key=t",
                "--threads=2")
            .expect(0);
    assertEquals(1, result.out().lines().count());
    Map<?, ?> json = (Map<?, ?>) Json.parse(result.out());
    assertEquals(
        List.of("recall", "mrr", "ndcg", "clicks", "dropped", "seconds"),
        List.copyOf(json.keySet()));
    for (String metric : List.of("recall", "mrr", "ndcg")) {
      Map<?, ?> values = (Map<?, ?>) json.get(metric);
      assertEquals(Set.of("5", "20"), values.keySet());
      assertTrue((Double) values.get("20") >= 0 && (Double) values.get("20") <= 1);
    }
    assertEquals(1.0, ((Map<?, ?>) json.get("recall")).get("20")); // of 12 items
    assertEquals(2L, json.get("clicks"));
    assertEquals(1L, json.get("dropped"));
    assertTrue((Double) json.get("seconds") >= 0);
    assertContains(result.err(), "1 click dropped, unknown items");

    Files.writeString(other, "SessionId,ItemId,Time\n1,ä1,1\n");
    assertContains(
        run("evaluate", other.toString(), "--model", model).expect(1).err(),
        "no session has two clicks on known items");
  }

  @Test
  void cutoffsMayBeLargerThanTheCatalogue() {
    train().expect(0);
    Result result = run("evaluate", sessions, "--model", model, "--at=2147483647").expect(0);
    assertContains(result.out(), "\n2147483647    1.0000  ");
  }
}
