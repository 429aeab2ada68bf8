#include "base/parallel.h"
#include "check.h"
#include <sched.h>

enum { ITEMS = 1000 };

typedef struct Sum {
  int seen[ITEMS];
  unsigned workers; /* highest worker number + 1 */
  CytoJob *job;
  size_t cancel_at;
} Sum;

static void mark(void *context, size_t item, unsigned worker) {
  Sum *sum = context;
  __atomic_add_fetch(&sum->seen[item], 1, __ATOMIC_RELAXED);
  unsigned old = __atomic_load_n(&sum->workers, __ATOMIC_RELAXED);
  while (worker + 1 > old && !__atomic_compare_exchange_n(&sum->workers, &old, worker + 1, false,
                                                          __ATOMIC_RELAXED, __ATOMIC_RELAXED))
    ;
  if (sum->cancel_at && item == sum->cancel_at)
    atomic_store(&sum->job->cancel, 1);
}

static void every_item_runs_once(void) {
  for (unsigned threads = 1; threads <= 5; threads++) {
    CytoError err = {0};
    CytoPool *pool = cyto_pool_new(threads, &err);
    REQUIRE(pool != NULL);
    CHECK(cyto_pool_threads(pool) == threads);
    CytoJob job = {.pool = pool};
    for (int round = 0; round < 50; round++) {
      Sum sum = {.job = &job};
      REQUIRE(cyto_parallel(&job, ITEMS, mark, &sum, NULL, &err));
      for (int i = 0; i < ITEMS; i++)
        REQUIRE(sum.seen[i] == 1);
      CHECK(sum.workers >= 1 && sum.workers <= threads);
    }
    cyto_pool_free(pool);
  }
}

static void no_job_means_one_thread(void) {
  Sum sum = {0};
  CHECK(cyto_parallel(NULL, ITEMS, mark, &sum, "stage", NULL));
  CHECK(sum.workers == 1);
  CHECK(sum.seen[0] == 1 && sum.seen[ITEMS - 1] == 1);
  CHECK(cyto_parallel(NULL, 0, mark, &sum, NULL, NULL));
}

static void cancel_stops_early(void) {
  CytoError err = {0};
  for (unsigned threads = 1; threads <= 3; threads++) {
    CytoJob job = {.pool = cyto_pool_new(threads, &err)};
    Sum sum = {.job = &job, .cancel_at = 10};
    CHECK(!cyto_parallel(&job, ITEMS, mark, &sum, NULL, &err));
    CHECK(err.code == CYTO_ERROR_CANCELLED);
    int ran = 0;
    for (int i = 0; i < ITEMS; i++)
      ran += sum.seen[i];
    CHECKF(ran < ITEMS, "%d items ran after the cancel", ran);
    cyto_pool_free(job.pool);
  }
}

static size_t reported;
static void count_progress(void *data, const char *stage, size_t i, size_t n) {
  (void)data;
  reported += i <= n && strcmp(stage, "stage") == 0;
}

static void progress_comes_from_the_caller(void) {
  CytoError err = {0};
  CytoJob job = {.progress = count_progress};
  Sum sum = {0};
  reported = 0;
  CHECK(cyto_parallel(&job, ITEMS, mark, &sum, "stage", &err));
  CHECK(reported == ITEMS);
  CHECK(cyto_job_step(&job, "stage", 1, 2, &err) && reported == ITEMS + 1);
  atomic_store(&job.cancel, 1);
  CHECK(!cyto_job_step(&job, "stage", 1, 2, &err) && reported == ITEMS + 1);
}

static void wait_for_flag(void *context) {
  atomic_int *flag = context;
  while (atomic_load(flag) == 0)
    sched_yield();
  atomic_store(flag, 2);
}

/* The task and the pool work at the same time; what a task wrote is there once it is done. */
static void a_task_runs_beside_the_pool(void) {
  CytoError err = {0};
  CytoJob job = {.pool = cyto_pool_new(2, &err)};
  for (int round = 0; round < 20; round++) {
    atomic_int flag = 0;
    CytoTask *task = cyto_task_start(wait_for_flag, &flag, &err);
    REQUIRE(task != NULL);
    CHECK(!cyto_task_done(task));
    Sum sum = {.job = &job};
    CHECK(cyto_parallel(&job, ITEMS, mark, &sum, NULL, &err));
    CHECK(sum.seen[0] == 1 && !cyto_task_done(task));
    atomic_store(&flag, 1);
    if (round % 2)
      while (!cyto_task_done(task))
        sched_yield();
    else
      cyto_task_wait(task);
    CHECK(atomic_load(&flag) == 2);
    if (round % 2)
      cyto_task_wait(task);
  }
  cyto_task_wait(NULL);
  cyto_pool_free(job.pool);
}

int main(void) {
  return check_main((CheckTest[]){TEST(every_item_runs_once),
                                  TEST(no_job_means_one_thread),
                                  TEST(cancel_stops_early),
                                  TEST(progress_comes_from_the_caller),
                                  TEST(a_task_runs_beside_the_pool),

                                  {0}});
}
