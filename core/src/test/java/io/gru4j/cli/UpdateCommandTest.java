package io.gru4j.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gru4j.algorithms.GRU4Rec;
import io.gru4j.algorithms.Update;
import io.gru4j.data.SessionData;
import io.gru4j.data.SessionFiles;
import io.gru4j.model.FittedModel;
import io.gru4j.model.Lineage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** {@code gru4j update}, {@code train --from} and {@code verify}. */
class UpdateCommandTest extends CommandLineCase {
  private String tonight;
  private String updated;

  /** Items 6 to 17, of which 12 to 17 are new, later than all before. */
  @BeforeEach
  void makeNewSessions() throws IOException {
    StringBuilder text = new StringBuilder("SessionId\tItemId\tTime\n");
    for (int session = 0; session < 20; session++) {
      for (int click = 0; click < 4; click++) {
        text.append("n").append(session).append("\tä").append(6 + (session + click) % 12);
        text.append('\t').append(1000 + 10 * session + click).append('\n');
      }
    }
    tonight = write("tonight.tsv", text.toString());
    updated = folder.resolve("new.safetensors").toString();
  }

  private String write(String name, String text) throws IOException {
    return Files.writeString(folder.resolve(name), text).toString();
  }

  private Result update(String... more) {
    return run(List.of(more), "update", model, tonight, "--model", updated, "--threads=1");
  }

  @Test
  void newItemsAreLearnedAndTheRestStays() throws IOException {
    train().expect(0);
    byte[] before = Files.readAllBytes(Path.of(model));
    Result done = update().expect(0);
    assertContains(done.out(), "items   18, 6 new, 0 forgotten");
    assertContains(done.err(), model + ": 12 known items, 6 new ones, 0 forgotten");
    assertContains(done.err(), "no state of the optimizer is kept beside " + model);
    assertArrayEquals(before, Files.readAllBytes(Path.of(model)));
    String chain = run("inspect", updated).expect(0).out();
    assertContains(chain, "18 (6 new, -0)");
    assertContains(chain, FittedModel.load(Path.of(model)).sha256().substring(0, 12));
    assertContains(run("recommend", "--model", updated, "--items", "ä17").expect(0).out(), "ä");
    Result again = run("update", model, tonight, "--model", updated + "2", "--threads=2");
    again.expect(0);
    assertEquals(-1, Files.mismatch(Path.of(updated), Path.of(updated + "2")));
  }

  @Test
  void theModelItselfMayBeReplacedWithItsState() throws IOException {
    train("--keep-state").expect(0);
    Path state = GRU4Rec.stateFiles(Path.of(model)).getFirst();
    byte[] first = Files.readAllBytes(state);
    Result done = run("update", model, tonight, "--model", model, "--keep-state").expect(0);
    assertContains(done.err(), "the optimizer goes on from its kept state");
    assertEquals(18, FittedModel.load(Path.of(model)).numItems());
    assertFalse(Arrays.equals(first, Files.readAllBytes(state)));
    assertFalse(Files.exists(GRU4Rec.stateFiles(Path.of(model)).getLast()));
    write("tonight.tsv", "SessionId\tItemId\tTime\nz\tä1\t5000\nz\tä3\t5001\n");
    run("update", model, tonight, "--model", model, "--keep-state").expect(0);
    assertEquals(3, FittedModel.load(Path.of(model)).lineage().trainings().size());
  }

  /** Between the state and the model a crash leaves both states, and one is the model's. */
  @Test
  void afterACrashBetweenTheTwoFilesTheModelStillHasItsState() throws IOException {
    train("--keep-state").expect(0);
    Path file = Path.of(model);
    List<Path> states = GRU4Rec.stateFiles(file);
    byte[] oldModel = Files.readAllBytes(file);
    byte[] oldState = Files.readAllBytes(states.getFirst());
    run("update", model, tonight, "--model", model, "--keep-state").expect(0);
    byte[] newModel = Files.readAllBytes(file);
    for (int crash = 0; crash < 2; crash++) {
      Files.write(file, oldModel);
      Files.write(states.getLast(), oldState);
      Result done = run("update", model, tonight, "--model", model, "--keep-state").expect(0);
      assertContains(done.err(), "goes on from its kept state");
      assertArrayEquals(newModel, Files.readAllBytes(file), "the same state was used");
    }
  }

  private String refused(int status, String... words) throws IOException {
    Path out = Path.of(updated);
    Files.writeString(out, "what was there before");
    String err = run(words).expect(status).err();
    assertEquals("what was there before", Files.readString(out));
    return err;
  }

  @Test
  void whatCannotBeUpdatedIsRefusedAndNothingOverwritten() throws IOException {
    train("--keep-state").expect(0);
    String[] words = {"update", model, tonight, "--model", updated};
    assertContains(
        refused(1, "update", model, sessions, "--model", updated),
        "no click is newer than the newest that "
            + model
            + " has learned (392, the newest here is 392)");
    assertContains(
        refused(2, "update", model, "--model", updated), "FILE is missing: the new sessions");
    assertContains(
        refused(1, "update", sessions, tonight, "--model", updated), sessions + ": the header");
    assertContains(
        refused(1, "train", tonight, "--from", model, "--model", updated),
        model
            + ": the model does not know 6 of 12 items, such as \"ä12\": to learn new items, update"
            + " it");
    assertContains(
        refused(1, "train", sessions, "--from", model, "--hidden-size=9", "--model", updated),
        "hidden units: the start has 8, the parameters say 9");
    assertContains(
        refused(2, "train", sessions, "--from", model, "--preset=gru4rec", "--model", updated),
        "--from and --preset exclude each other");
    assertContains(
        refused(2, "update", model, tonight, "--model", updated, "--replay", sessions),
        "--replay must be a file and a share above 0, at most 1, OLD=0.2, got " + sessions);
    assertContains(
        refused(1, "update", model, tonight, "--model", updated, "--forget-items-after=1d"),
        "items cannot be forgotten by age: the times of the clicks (the newest new one is 1193.0");
    byte[] state = Files.readAllBytes(GRU4Rec.stateFiles(Path.of(model)).getFirst());
    run(TINY, "train", sessions, "--model", model, "--seed=8").expect(0);
    Files.write(GRU4Rec.stateFiles(Path.of(model)).getFirst(), state);
    assertContains(refused(1, words), ".state: is the state of another model");
    state[state.length - 1] ^= 1;
    Files.write(GRU4Rec.stateFiles(Path.of(model)).getFirst(), state);
    run("update", model, tonight, "--model", updated, "--fresh-state").expect(0);
    train("--keep-state").expect(0);
    Files.write(GRU4Rec.stateFiles(Path.of(model)).getFirst(), state);
    assertContains(refused(1, words), "is damaged: its checksum is");
    byte[] damaged = Files.readAllBytes(Path.of(model));
    damaged[damaged.length - 1] ^= 1;
    Files.write(Path.of(model), damaged);
    assertContains(refused(1, words), "is damaged: its checksum is");
  }

  @Test
  void flagsOfTheNetworkAreRefusedWithTheReason() throws IOException {
    train().expect(0);
    for (String flag : List.of("--hidden-size=64", "--num_components=6", "--embedding=shared")) {
      String name = flag.substring(0, flag.indexOf('='));
      String err = refused(2, "update", model, tonight, "--model", updated, flag);
      assertContains(err, "gru4j update: " + name + ": the network stays that of MODEL");
      assertContains(err, "the flags are --model --keep-state ");
      assertFalse(err.contains("--hidden-size "), err);
    }
    assertContains(
        refused(2, "update", model, tonight, "--model", updated, "--preset=gru4rec"),
        "--preset: the algorithm stays that of MODEL, and so do its parameters");
    assertContains(
        refused(2, "update", model, tonight, "--model", updated, "--hidden-sise=9"),
        "unknown flag --hidden-sise");
  }

  /** As if the machine had died when the model was there and the checkpoint not yet deleted. */
  private String diesBeforeTheCheckpointIsDeleted(boolean sameItems, Path... files)
      throws IOException {
    Path checkpoints = Files.createDirectories(folder.resolve("ck"));
    SessionData data = SessionFiles.read(files);
    FittedModel start = FittedModel.load(Path.of(model));
    Update update = sameItems ? Update.of(start).sameItems() : Update.of(start);
    try (GRU4Rec<?> estimator = GRU4Rec.ofFile(Path.of(model)).threads(1)) {
      estimator
          .checkpoint(checkpoints, Duration.ofDays(1))
          .fit(update.with(data.interactions(), data.items(), null))
          .model()
          .save(Path.of(model));
    }
    assertTrue(Files.exists(checkpoints.resolve(GRU4Rec.CHECKPOINT_FILE)));
    return checkpoints.toString();
  }

  @Test
  void anUpdateThatHadEndedIsNotResumedAndItsCheckpointIsDeleted() throws IOException {
    train().expect(0);
    String checkpoints = diesBeforeTheCheckpointIsDeleted(false, Path.of(tonight));
    byte[] done = Files.readAllBytes(Path.of(model));
    String[] words = {"update", model, tonight, "--model", model, "--checkpoint", checkpoints};
    Result timeless = run(List.of("--resume", "--time-key=none"), words).expect(1);
    assertContains(
        timeless.err(),
        "is what the training of the checkpoint has made already; if these sessions are others: to"
            + " start anew, delete "
            + checkpoints);
    Result again = run(List.of("--resume"), words).expect(0);
    assertContains(
        again.err(),
        "the training of the checkpoint in %s had ended, %s is what it made: the checkpoint is deleted"
            .formatted(checkpoints, model));
    assertArrayEquals(done, Files.readAllBytes(Path.of(model)), "nothing is learned twice");
    assertEquals(List.of(), Arrays.asList(new java.io.File(checkpoints).list()));
    assertContains(run(List.of("--resume"), words).expect(1).err(), "no click is newer");
  }

  /** The night after, with the same flags. */
  @Test
  void whatAnEndedUpdateLeftDoesNotStopTheNextNight() throws IOException {
    train().expect(0);
    String checkpoints = diesBeforeTheCheckpointIsDeleted(false, Path.of(tonight));
    String next = write("next.tsv", "SessionId\tItemId\tTime\nz\tä1\t5000\nz\tä3\t5001\n");
    Result night =
        run("update", model, next, "--model", model, "--resume", "--checkpoint", checkpoints)
            .expect(0);
    assertContains(night.err(), "the checkpoint is deleted");
    assertEquals(3, FittedModel.load(Path.of(model)).lineage().trainings().size());
  }

  @Test
  void moreEpochsThatHadEndedAreNotResumed() throws IOException {
    train().expect(0);
    String checkpoints = diesBeforeTheCheckpointIsDeleted(true, Path.of(sessions));
    byte[] done = Files.readAllBytes(Path.of(model));
    String[] words = {"train", sessions, "--from", model, "--model", model};
    List<String> resume = List.of("--resume", "--checkpoint", checkpoints);
    assertContains(run(resume, words).expect(0).err(), "the checkpoint is deleted");
    assertArrayEquals(done, Files.readAllBytes(Path.of(model)));
    run(resume, words).expect(0); // there is no checkpoint: more epochs
    assertFalse(Arrays.equals(done, Files.readAllBytes(Path.of(model))));
  }

  @Test
  void verifyRepeatsAllFlags() throws IOException {
    run(List.of(SMALL), "train", day(0), "--model", model, "--dropout=0.2").expect(0);
    String judged = write("judged.tsv", "SessionId\tItemId\tTime\nj\tcommon1\t1\nj\tcommon2\t2\n");
    String[] flags = {
      "--new-items=random",
      "--forget-items-after=3d",
      "--validation=" + judged,
      "--stopping-criterion=bpr",
      "--max-epochs=3",
      "--keep-last",
      "--keep-state",
      "--replay=" + day(0) + "=0.4"
    };
    List<String> words = new ArrayList<>(List.of("update", model, day(5), "--model", updated));
    words.addAll(List.of(flags));
    run(words.toArray(new String[0])).expect(0);
    String[] verify = {"verify", updated, day(5), "--start", model};
    List<String> right = List.of("--validation=" + judged, "--replay=" + day(0) + "=0.4");
    run(right, verify).expect(0);
    run(List.of("--validation=" + judged, "--replay=" + day(0)), verify).expect(0);
    assertEquals(
        "differs: the share of %s: 0.5, MODEL was trained with 0.4\n".formatted(day(0)),
        run(List.of("--validation=" + judged, "--replay=" + day(0) + "=0.5"), verify)
            .expect(1)
            .out());
    assertContains(
        run(List.of("--replay=" + day(0) + "=0.4"), verify).expect(1).out(),
        "differs: the validation data: none");
    // Another night from the state that was kept, and from a fresh one.
    for (String state : List.of("--keep-state", "--fresh-state")) {
      String next = updated + state;
      run("update", updated, day(7), "--model", next, state).expect(0);
      run("verify", next, day(7), "--start", updated).expect(0);
    }
  }

  @Test
  void moreEpochsWithTheStateAreThoseOfALongerTraining() throws IOException {
    train("--keep-state").expect(0);
    run(TINY, "train", sessions, "--from", model, "--model", updated).expect(0);
    String[] four = {
      "train",
      sessions,
      "--model",
      model + "4",
      "--seed=7",
      "--hidden-size=8",
      "--num-components=6",
      "--max-epochs=4",
      "--batch-size=16"
    };
    run(four).expect(0);
    assertEquals(
        FittedModel.load(Path.of(model + "4")).fingerprint(),
        FittedModel.load(Path.of(updated)).fingerprint());
  }

  @Test
  void verifyFindsOneChangedClickAndAChangedSeed() throws IOException {
    train("--keep-state").expect(0);
    update("--replay", sessions + "=0.3", "--keep-state").expect(0);
    assertContains(run("verify", model, sessions).expect(0).out(), ": the same bytes, SHA-256 ");
    String[] words = {"verify", updated, tonight, "--start", model, "--replay", sessions};
    run(words).expect(0);
    String text = Files.readString(Path.of(tonight));
    write("tonight.tsv", text.replaceFirst("ä7", "ä8"));
    Result click = run(words).expect(1);
    assertContains(click.out(), "differs: the training data: ");
    assertContains(click.err(), updated + ": is not what this training makes");
    write("tonight.tsv", text);
    Result seed =
        run("verify", updated, tonight, "--start", model, "--replay", sessions, "--seed", "8");
    assertEquals("differs: seed: 8, MODEL was trained with 7\n", seed.expect(1).out());
    assertContains(
        run("verify", updated, tonight, "--replay", sessions).expect(1).err(),
        "went on from a model: --start names it");
    assertContains(
        run("verify", updated, tonight, "--start", updated, "--replay", sessions).expect(1).out(),
        "differs: the start: ");
    assertContains(
        run("verify", updated, tonight, "--start", model).expect(1).err(),
        "1 file was replayed, got 0 with --replay");
  }

  /** A model whose values do not come from its seed. */
  @Test
  void verifyNamesTheTensorsOfAModelThatAnotherSeedMade() throws IOException {
    train().expect(0);
    FittedModel other = FittedModel.load(Path.of(model));
    run(TINY, "train", sessions, "--model", updated, "--seed=8").expect(0);
    FittedModel trained = FittedModel.load(Path.of(updated));
    FittedModel forged =
        new FittedModel(
                trained.network(),
                other.items(),
                other.algorithm(),
                other.parameters(),
                other.history(),
                other.seed())
            .withItemClicks(other.itemClicks())
            .withLastClicks(other.lastClicks())
            .withLineage(other.lineage());
    forged.save(Path.of(updated));
    String out = run("verify", updated, sessions).expect(1).out();
    assertContains(out, "differs: tensor emb.weight: ");
  }

  @Test
  void aTrainingWithoutASeedIsVerifiedWithTheOneThatWasDrawn() {
    run(TINY, "train", sessions, "--model", model).expect(0);
    run("verify", model, sessions).expect(0);
  }

  @Test
  void validationMayBeOfItemsThatTheModelKnowsAlone() throws IOException {
    train().expect(0);
    String judged =
        write("judged.tsv", "SessionId\tItemId\tTime\nj\tä1\t1\nj\tä2\t2\nk\tä0\t3\nk\tä3\t4\n");
    Result done = update("--validation", judged, "--stopping-criterion=ndcg").expect(0);
    assertFalse(done.err().contains("dropped, unknown items"), done.err());
    assertTrue(done.out().contains("NDCG") || done.out().contains("ndcg"), done.out());
  }

  /** Days of ten sessions on five items each, of which two are the day's own; real times. */
  private String day(int day, String... more) throws IOException {
    StringBuilder text = new StringBuilder("SessionId\tItemId\tTime\n");
    for (int session = 0; session < 10; session++) {
      for (int click = 0; click < 4; click++) {
        int item = (session + click) % 5;
        text.append("d").append(day).append('s').append(session);
        text.append(item < 3 ? "\tcommon" + item : "\tday" + day + "item" + item);
        text.append('\t').append(1_700_000_000L + 86_400L * day + 60 * session + click);
        text.append('\n');
      }
    }
    return write("day" + day + ".tsv", text + String.join("", more));
  }

  private static final String[] SMALL = {
    "--num-components=3", "--hidden-size=4", "--max-epochs=1", "--seed=7", "--threads=1"
  };

  private Result night(String from, String to, String file, String... more) {
    List<String> words = new ArrayList<>(List.of("update", from, file, "--model", to));
    words.addAll(List.of("--max-epochs=1", "--threads=1"));
    words.addAll(List.of(more));
    return run(words.toArray(new String[0]));
  }

  @Test
  void aClickThatIsNotYetIsRefused() throws IOException {
    run(List.of(SMALL), "train", day(0), "--model", model).expect(0);
    String wrong = day(1, "x\tcommon1\t4000000000\nx\tcommon2\t4000000001\n");
    assertContains(
        night(model, updated, wrong).expect(1).err(),
        "the newest click is of 2096-10-02T07:06:41Z, which is not yet");
    night(model, updated, day(1)).expect(0);
  }

  @Test
  void whatIsLearnedAgainIsWarnedOf() throws IOException {
    run(List.of(SMALL), "train", day(0), "--model", model).expect(0);
    String both = write("both.tsv", Files.readString(Path.of(day(0))));
    Files.writeString(
        Path.of(both),
        Files.readString(Path.of(day(1))).replaceFirst(".*\n", ""),
        StandardOpenOption.APPEND);
    assertContains(
        night(model, updated, both).expect(0).err(),
        "warning: 40 clicks of 80 are not newer than the newest that " + model + " has learned");
    assertFalse(night(model, updated, day(1)).expect(0).err().contains("not newer"));
  }

  @Test
  void rowsOfAFileAreNoTimes() throws IOException {
    List<String> flags = new ArrayList<>(List.of(SMALL));
    flags.add("--time-key=none");
    run(flags, "train", day(0), "--model", model).expect(0);
    night(model, updated, day(1), "--time-key=none").expect(0);
  }

  @Test
  void itemsAreForgottenByAgeButNotMostOfThem() throws IOException {
    run(List.of(SMALL), "train", day(0), "--model", model).expect(0);
    String later = day(5);
    Result done = night(model, updated, later, "--forget-items-after=3d").expect(0);
    assertContains(done.err(), "3 known items, 2 new ones, 2 forgotten");
    FittedModel kept = FittedModel.load(Path.of(updated));
    assertEquals(-1, kept.items().indexOf("day0item3"));
    assertTrue(kept.items().indexOf("common1") >= 0);
    String other = day(9).replace(".tsv", "-other.tsv");
    Files.writeString(
        Path.of(other), Files.readString(Path.of(day(9))).replaceAll("common", "other"));
    assertContains(
        refused(1, "update", model, other, "--model", updated, "--forget-items-after=3d"),
        "5 of 5 items of " + model + " would be forgotten, more than half: --forget-most");
    night(model, updated, other, "--forget-items-after=3d", "--forget-most").expect(0);
  }

  /** The state of the model before is of no use to the new one, and would stop the next night. */
  @Test
  void anOldStateIsNotLeftBesideANewModel() throws IOException {
    List<String> flags = new ArrayList<>(List.of(SMALL));
    flags.add("--keep-state");
    run(flags, "train", day(0), "--model", model).expect(0);
    Path state = GRU4Rec.stateFiles(Path.of(model)).getFirst();
    assertContains(
        night(model, model, day(1)).expect(0).err(),
        state + " is deleted: it was of the model before");
    assertFalse(Files.exists(state));
    night(model, model, day(2), "--keep-state").expect(0);
    assertContains(
        night(model, model, day(3), "--fresh-state").expect(0).err(),
        "the optimizer's state beside " + model + " is not used");
  }

  @Test
  void theRateStaysFromNightToNight() throws IOException {
    run(List.of(SMALL), "train", day(0), "--model", model, "--learning-rate=0.05").expect(0);
    FittedModel first = FittedModel.load(Path.of(model));
    first.withLineage(Lineage.UNKNOWN).save(Path.of(model)); // as older versions wrote it
    for (int day = 1; day < 4; day++) {
      Result done = night(model, model, day(day)).expect(0);
      assertContains(done.err(), "afresh, learning rate 0.01\n");
    }
    assertContains(
        night(model, model, day(4), "--keep-state").expect(0).err(), "learning rate 0.01\n");
    assertContains(
        night(model, model, day(5), "--keep-state").expect(0).err(), "learning rate 0.05\n");
  }

  /** With one seed for all nights, as a job has it. */
  @Test
  void rowsThatAreDrawnDifferFromNightToNight() throws IOException {
    run(List.of(SMALL), "train", day(0), "--model", model).expect(0);
    float[][] drawn = new float[2][];
    for (int day = 1; day < 3; day++) {
      night(model, model, day(day), "--new-items=random", "--learning-rate=1e-30", "--seed=7")
          .expect(0);
      FittedModel now = FittedModel.load(Path.of(model));
      drawn[day - 1] = new float[3];
      now.network()
          .embedding()
          .readRow(now.items().indexOf("day" + day + "item3"), drawn[day - 1], 0);
    }
    assertFalse(Arrays.equals(drawn[0], drawn[1]), Arrays.toString(drawn[0]));
  }
}
