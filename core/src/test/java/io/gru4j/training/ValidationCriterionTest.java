package io.gru4j.training;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.gru4j.algorithms.TestSessions;
import io.gru4j.data.Validation;
import io.gru4j.tensor.RandomStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class ValidationCriterionTest {
  private final TestSessions s = TestSessions.make(3, 40, 9);

  @Property
  void validationIsSampledWithoutReplacement(
      @ForAll @IntRange(min = 1, max = 50) int size, @ForAll long seed) {
    int[] users = s.validation().out().activeUsers();
    Validation sample = ValidationCriterion.sample(s.validation(), size, seed);
    assertEquals(Math.min(size, users.length), sample.out().numActiveUsers());
    int[] drawn = sample.out().activeUsers();
    assertEquals(s.validation().out().usersIn(drawn), sample.out());
    if (size < users.length) {
      assertEquals(s.validation().in().usersIn(drawn), sample.in());
    }
    assertEquals(
        sample, ValidationCriterion.sample(s.validation(), size, seed), "the seed decides");
    assertEquals(s.validation(), ValidationCriterion.sample(s.validation(), null, seed));
  }

  @Test
  void everyUserIsSampledAsOftenAsAnother() {
    int[] users = s.validation().out().activeUsers();
    int[] counts = new int[40];
    int draws = 400 * users.length;
    for (int draw = 0; draw < draws; draw++) {
      Validation sample = ValidationCriterion.sample(s.validation(), 5, RandomStream.at(1, draw));
      for (int user : sample.out().activeUsers()) {
        counts[user]++;
      }
    }
    for (int user : users) {
      assertEquals(400 * 5, counts[user], 250, "user " + user);
    }
  }
}
