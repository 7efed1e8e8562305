package io.gru4j.http;

import io.gru4j.http.ServedModel.Begun;
import io.gru4j.model.Recommendation;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;

/**
 * A request for recommendations, from its body to its answer. It is worked on together with others
 * that have waited for a thread of the model at the same time: their best items are found in one
 * pass over the output layer's weights. Each gets the bits that it would get alone, and a fault of
 * one is no other's.
 */
final class Recommending extends CompletableFuture<Answer> {
  private final ServedModel model;
  private final byte[] body;
  private final Metrics metrics;
  private Begun begun;

  Recommending(ServedModel model, byte[] body, Metrics metrics) {
    this.model = model;
    this.body = body;
    this.metrics = metrics;
  }

  /** Whether the two can be worked on together. */
  boolean goesWith(Recommending other) {
    return model == other.model;
  }

  /** Answers requests that go with each other; those that nobody waits for any more are left. */
  static void answer(List<Recommending> requests) {
    List<Recommending> together = new ArrayList<>();
    for (Recommending each : requests) {
      if (!each.isDone() && each.begin()) {
        together.add(each);
      }
    }
    if (together.isEmpty()) {
      return;
    }
    together.getFirst().metrics.together(together.size());
    List<List<Recommendation>> best;
    try {
      best = together.getFirst().model.top(together.stream().map(each -> each.begun).toList());
    } catch (Throwable e) {
      if (together.size() == 1) {
        together.getFirst().completeExceptionally(e);
      } else {
        together.forEach(Recommending::answerAlone); // it was one of them, or there are too many
      }
      return;
    }
    for (boolean why : new boolean[] {false, true}) { // which takes longer: the others first
      for (int i = 0; i < together.size(); i++) {
        if (together.get(i).begun.request().why() == why) {
          together.get(i).end(best.get(i));
        }
      }
    }
  }

  private boolean begin() {
    try {
      begun = model.begin(RecommendRequest.parse(body));
      return true;
    } catch (Throwable e) { // the request's own thread deals with it
      completeExceptionally(e);
      return false;
    }
  }

  private void answerAlone() {
    try {
      end(model.top(List.of(begun)).getFirst());
    } catch (Throwable e) {
      completeExceptionally(e);
    }
  }

  private void end(List<Recommendation> best) {
    try {
      Map<String, Object> answer = SessionAnswer.recommend(begun, best);
      if (begun.opened().takenOver()) {
        metrics.takenOver();
      }
      complete(Answer.json(200, answer));
    } catch (Throwable e) {
      completeExceptionally(e);
    }
  }
}
