/* Journals: nothing older than the last write is lost, whatever happens to the file. */
#include "journal-help.h"
#include <signal.h>
#include <stdatomic.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

/* A session with a write after each step: where the file ended and what the state was then. */
typedef struct Trace {
  uint8_t *bytes;
  size_t size, ends[600], n;
  uint64_t states[600];
} Trace;

static bool record_session(uint64_t seed, size_t steps, Trace *trace) {
  rng_seed(seed);
  CytoDocument *doc = random_document(folder);
  if (!doc)
    return false;
  cyto_document_observe(doc, remember, NULL);
  seen[0].bytes = image_of(doc, &seen[0].size);
  *trace = (Trace){0};
  while (trace->n < steps) {
    if (rng_below(6) == 0)
      cyto_document_undo(doc, NULL, NULL);
    else if (rng_below(10) == 0)
      cyto_document_redo(doc, NULL, NULL);
    else if (!random_edit(doc))
      continue;
    if (rng_below(15) == 0)
      cyto_document_set_provenance(doc, "cyto3", "{\"diameter\": 30}", NULL);
    if (!cyto_journal_flush(cyto_document_journal(doc), NULL))
      return false;
    struct stat st;
    const char *path = cyto_journal_path(cyto_document_journal(doc));
    if (!path || stat(path, &st) != 0)
      continue;
    trace->ends[trace->n] = (size_t)st.st_size;
    trace->states[trace->n++] = cyto_document_history(doc)->now;
  }
  trace->bytes = read_file(cyto_journal_path(cyto_document_journal(doc)), &trace->size);
  cyto_document_free(doc, false);
  empty_folder(false);
  return trace->bytes != NULL;
}

static bool same_map(const CytoCells *a, const CytoCells *b) {
  return memcmp(a->map, b->map, a->ny * a->nx * sizeof *a->map) == 0;
}

/* Recovers from these bytes: a state that was, and not an older one than was written whole. */
static void check_recovery(const Trace *trace, const uint8_t *bytes, size_t size, size_t sound) {
  char path[128];
  snprintf(path, sizeof path, "%s/some.journal", folder);
  write_file(path, bytes, size);
  CytoError err = {0};
  CytoDocument *look = cyto_document_read_lost(path, NULL);
  CHECK(access(path, F_OK) == 0);
  CytoDocument *doc = cyto_document_recover(path, 0, &err);
  CHECK((look != NULL) == (doc != NULL));
  for (size_t z = 0; doc && z < PLANES; z++)
    CHECK(same_map(cyto_document_cells(look, z), cyto_document_cells(doc, z)));
  cyto_document_free(look, true);
  CHECK(access(path, F_OK) == 0);
  size_t whole = 0;
  while (whole < trace->n && trace->ends[whole] <= sound)
    whole++;
  if (!doc) {
    CHECKF(whole == 0 && err.text[0], "%zu of %zu bytes: %s", sound, trace->size, err.text);
    unlink(path);
    return;
  }
  CHECKF(is_seen(doc), "%zu bytes give a state that never was", sound);
  if (whole && trace->ends[whole - 1] == sound)
    CHECK(cyto_document_history(doc)->now == trace->states[whole - 1]);
  for (size_t z = 0; z < PLANES; z++)
    CHECK(table_is_true(cyto_document_cells(doc, z)));
  cyto_document_free(doc, true);
  CHECK(access(path, F_OK) != 0);
}

static void cut_off_at_every_byte(void) {
  Trace trace;
  make_folder();
  REQUIRE(record_session(3, 40, &trace));
  for (size_t n = 0; n <= trace.size; n++)
    check_recovery(&trace, trace.bytes, n, n);
  free(trace.bytes);
  forget();
  empty_folder(true);
}

static void cut_off_and_bits_flipped_in_a_long_session(void) {
  Trace trace;
  make_folder();
  REQUIRE(record_session(5, 300, &trace));
  for (int i = 0; i < 150; i++) {
    size_t n = rng_below((uint32_t)trace.size);
    check_recovery(&trace, trace.bytes, n, n);
  }
  for (int i = 0; i < 150; i++) {
    size_t at = rng_below((uint32_t)trace.size);
    uint8_t bit = (uint8_t)(1u << rng_below(8));
    trace.bytes[at] ^= bit;
    check_recovery(&trace, trace.bytes, trace.size, at);
    trace.bytes[at] ^= bit;
  }
  free(trace.bytes);
  forget();
  empty_folder(true);
}

static void what_is_recovered_goes_on(void) {
  Trace trace;
  make_folder();
  REQUIRE(record_session(8, 60, &trace));
  char path[128];
  snprintf(path, sizeof path, "%s/some.journal", folder);
  write_file(path, trace.bytes, trace.size - 3);
  CytoDocument *doc = cyto_document_recover(path, 0, NULL);
  REQUIRE(doc && is_seen(doc) && cyto_document_dirty(doc));
  const char *model, *settings;
  cyto_document_provenance(doc, &model, &settings);
  CHECK(model && settings && strcmp(model, "cyto3") == 0 && settings[0] == '{');
  CHECK_STR(cyto_document_image_path(doc), "/pictures/cells 1.tif");
  cyto_document_observe(doc, remember, NULL);
  for (int i = 0; i < 20; i++)
    random_edit(doc);
  cyto_document_undo(doc, NULL, NULL);
  CHECK(cyto_journal_flush(cyto_document_journal(doc), NULL));
  uint64_t now = cyto_document_history(doc)->now;
  CytoError err = {0};
  CHECK(!cyto_document_recover(path, 0, &err)); /* it is in use */
  CHECK(strstr(err.text, "open") != NULL);
  cyto_document_free(doc, false);
  doc = cyto_document_recover(path, 0, NULL);
  REQUIRE(doc && cyto_document_history(doc)->now == now && is_seen(doc));
  /* Everything since the journal began can still be taken back. */
  while (cyto_document_undo(doc, NULL, NULL)) {
  }
  CHECK(same_image(doc, seen[0].bytes, seen[0].size) && !cyto_document_dirty(doc));
  cyto_document_free(doc, true);
  free(trace.bytes);
  forget();
  empty_folder(true);
}

static size_t count_files(void) {
  size_t n = 0;
  DIR *dir = opendir(folder);
  for (struct dirent *entry; dir && (entry = readdir(dir)) != NULL;)
    n += entry->d_name[0] != '.';
  if (dir)
    closedir(dir);
  return n;
}

static void only_lost_work_is_offered(void) {
  make_folder();
  rng_seed(2);
  CytoDocument *doc = random_document(folder);
  REQUIRE(doc);
  CHECK(cyto_journal_flush(cyto_document_journal(doc), NULL) && count_files() == 0);
  CytoEdit clear = {.kind = CYTO_EDIT_CLEAR};
  REQUIRE(cyto_document_apply(doc, &clear, NULL, NULL));
  CHECK(cyto_journal_pending(cyto_document_journal(doc)) > 0);
  CHECK(cyto_journal_flush(cyto_document_journal(doc), NULL) && count_files() == 1);
  CHECK(cyto_journal_pending(cyto_document_journal(doc)) == 0);
  CytoLost *lost = NULL;
  size_t n = 0;
  REQUIRE(cyto_document_find_lost(folder, &lost, &n, NULL));
  CHECK(n == 0); /* in use */
  cyto_lost_free(lost, n);
  /* A second window on the same image has a journal of its own. */
  CytoDocument *other = random_document(folder);
  REQUIRE(other && cyto_document_apply(other, &clear, NULL, NULL));
  CHECK(cyto_journal_flush(cyto_document_journal(other), NULL) && count_files() == 2);
  cyto_document_free(other, true);
  CHECK(count_files() == 1);
  cyto_document_free(doc, false); /* as after a crash */
  char path[128];
  snprintf(path, sizeof path, "%s/rubbish.journal", folder);
  write_file(path, (const uint8_t *)"CYTOJRNLxx", 10);
  REQUIRE(cyto_document_find_lost(folder, &lost, &n, NULL));
  REQUIRE(n == 1);
  CHECK(lost[0].steps == 1 && lost[0].head.ny == SIDE_Y && lost[0].head.nz == PLANES);
  CHECK_STR(lost[0].head.image, "/pictures/cells 1.tif");
  doc = cyto_document_recover(lost[0].path, 0, NULL);
  REQUIRE(doc);
  cyto_lost_free(lost, n);
  cyto_document_saved(doc, cyto_document_history(doc)->now);
  CHECK(cyto_journal_flush(cyto_document_journal(doc), NULL));
  cyto_document_free(doc, false);
  REQUIRE(cyto_document_find_lost(folder, &lost, &n, NULL));
  CHECK(n == 0 && count_files() == 1); /* saved: nothing to offer, and tidied away */
  cyto_lost_free(lost, n);
  empty_folder(true);
  CHECK(cyto_document_find_lost("/tmp/no/such/folder", &lost, &n, NULL) && n == 0);
}

static void edit_times(CytoDocument *doc, int times) {
  while (times > 0)
    times -= random_edit(doc);
}

static void a_full_disk_loses_nothing(void) {
  make_folder();
  rng_seed(6);
  CytoDocument *doc = random_document(folder);
  REQUIRE(doc);
  cyto_document_observe(doc, remember, NULL);
  signal(SIGXFSZ, SIG_IGN);
  struct rlimit old, tight;
  getrlimit(RLIMIT_FSIZE, &old);
  tight = (struct rlimit){100, old.rlim_max};
  edit_times(doc, 2);
  setrlimit(RLIMIT_FSIZE, &tight);
  CytoError err = {0};
  CHECK(!cyto_journal_flush(cyto_document_journal(doc), &err) && err.code == CYTO_ERROR_IO);
  CHECK(err.text[0] && count_files() == 0);
  size_t pending = cyto_journal_pending(cyto_document_journal(doc));
  CHECK(pending > 0 && cyto_document_dirty(doc));
  setrlimit(RLIMIT_FSIZE, &old);
  CHECK(cyto_journal_flush(cyto_document_journal(doc), NULL) && count_files() == 1);
  /* Full again in the middle of a file: it stays as it was, then catches up. */
  const char *path = cyto_journal_path(cyto_document_journal(doc));
  struct stat st;
  stat(path, &st);
  tight.rlim_cur = (rlim_t)st.st_size + 20;
  setrlimit(RLIMIT_FSIZE, &tight);
  edit_times(doc, 10);
  CHECK(!cyto_journal_flush(cyto_document_journal(doc), &err));
  off_t size = st.st_size;
  stat(path, &st);
  CHECK(st.st_size == size);
  setrlimit(RLIMIT_FSIZE, &old);
  edit_times(doc, 10);
  CHECK(cyto_journal_flush(cyto_document_journal(doc), NULL));
  uint64_t now = cyto_document_history(doc)->now;
  char copy[256];
  snprintf(copy, sizeof copy, "%s", path);
  cyto_document_free(doc, false);
  doc = cyto_document_recover(copy, 0, NULL);
  CHECK(doc && cyto_document_history(doc)->now == now && is_seen(doc));
  cyto_document_free(doc, true);
  forget();
  empty_folder(true);
}

static void a_long_journal_starts_over(void) {
  make_folder();
  rng_seed(9);
  CytoDocument *doc = random_document(folder);
  REQUIRE(doc);
  cyto_document_observe(doc, remember, NULL);
  seen[0].bytes = image_of(doc, &seen[0].size);
  cyto_journal_set_limit(cyto_document_journal(doc), 20000);
  struct stat st = {0};
  off_t largest = 0;
  int shrunk = 0;
  for (int i = 0; i < 600; i++) {
    random_edit(doc);
    if (rng_below(4) == 0)
      cyto_document_undo(doc, NULL, NULL);
    if (i == 300)
      cyto_document_saved(doc, cyto_document_history(doc)->now);
    CytoJournalWrite *write = cyto_document_journal_take(doc);
    if (!write)
      continue;
    random_edit(doc); /* goes on while the write is under way */
    CHECK(!cyto_document_journal_take(doc));
    cyto_journal_write(write);
    CHECK(cyto_document_journal_done(doc, write, NULL));
    off_t before = st.st_size;
    stat(cyto_journal_path(cyto_document_journal(doc)), &st);
    shrunk += st.st_size < before;
    largest = st.st_size > largest ? st.st_size : largest;
  }
  CHECKF(shrunk >= 3, "started over %d times", shrunk);
  CHECKF(largest < 80000, "grew to %ld bytes", (long)largest);
  CHECK(count_files() == 1);
  CHECK(cyto_journal_flush(cyto_document_journal(doc), NULL));
  uint64_t now = cyto_document_history(doc)->now, saved = cyto_document_history(doc)->saved;
  char path[256];
  snprintf(path, sizeof path, "%s", cyto_journal_path(cyto_document_journal(doc)));
  cyto_document_free(doc, false);
  doc = cyto_document_recover(path, 0, NULL);
  REQUIRE(doc && is_seen(doc));
  CHECK(cyto_document_history(doc)->now == now && cyto_document_history(doc)->saved == saved);
  cyto_document_free(doc, true);
  forget();
  empty_folder(true);
}

static void one_turn(CytoDocument *doc) {
  random_edit(doc);
  if (rng_below(5) == 0)
    cyto_document_undo(doc, NULL, NULL);
}

/* In a child: edits and writes for ever; *written = turns known to be on disk. */
static void work_until_killed(uint64_t seed, atomic_ulong *written) {
  rng_seed(seed);
  CytoDocument *doc = random_document(folder);
  for (unsigned long turn = 1;; turn++) {
    one_turn(doc);
    if (cyto_journal_flush(cyto_document_journal(doc), NULL))
      atomic_store(written, turn);
  }
}

/* Whether the recovered state is that after so many turns of the session, or one of the next turn.
 */
static bool is_recent(const CytoDocument *doc, uint64_t seed, unsigned long turns) {
  rng_seed(seed);
  CytoDocument *truth = random_document(NULL);
  for (unsigned long turn = 0; turn < turns; turn++)
    one_turn(truth);
  forget();
  uint64_t now = cyto_document_history(truth)->now;
  if (now >= MOST)
    return false;
  seen[now].bytes = image_of(truth, &seen[now].size);
  cyto_document_observe(truth, remember, NULL);
  bool nothing = !cyto_document_dirty(truth);
  one_turn(truth);
  nothing |= !cyto_document_dirty(truth);
  cyto_document_free(truth, true);
  bool recent = doc ? is_seen(doc) : nothing;
  forget();
  return recent;
}

static void killed_at_any_moment(void) {
  atomic_ulong *written =
      mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  REQUIRE(written != MAP_FAILED);
  make_folder();
  for (uint64_t seed = 1; seed <= 200; seed++) {
    atomic_store(written, 0);
    rng_seed(seed + 500);
    unsigned long target = 1 + rng_below(60), spins = rng_below(2000000);
    fflush(stdout);
    pid_t child = fork();
    if (child == 0)
      work_until_killed(seed, written);
    REQUIRE(child > 0);
    while (atomic_load(written) < target) {
    }
    for (volatile unsigned long i = 0; i < spins; i++) {
    }
    kill(child, SIGKILL);
    waitpid(child, NULL, 0);
    CytoLost *lost = NULL;
    size_t n = 0;
    CHECK(cyto_document_find_lost(folder, &lost, &n, NULL) && n <= 1);
    CytoDocument *doc = n ? cyto_document_recover(lost[0].path, 0, NULL) : NULL;
    CHECK((doc != NULL) == (n == 1));
    CHECKF(is_recent(doc, seed, atomic_load(written)), "seed %d: turn %lu is lost", (int)seed,
           atomic_load(written));
    cyto_document_free(doc, true);
    cyto_lost_free(lost, n);
    empty_folder(false);
  }
  munmap(written, 4096);
  empty_folder(true);
}

int main(void) {
  return check_main((CheckTest[]){TEST(cut_off_at_every_byte),
                                  TEST(cut_off_and_bits_flipped_in_a_long_session),
                                  TEST(what_is_recovered_goes_on),
                                  TEST(only_lost_work_is_offered),
                                  TEST(a_full_disk_loses_nothing),
                                  TEST(a_long_journal_starts_over),
                                  TEST(killed_at_any_moment),
                                  {0}});
}
