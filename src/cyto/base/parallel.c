#include "parallel.h"
#include "mem.h"
#include <pthread.h>
#include <sched.h>

enum { MAX_THREADS = 256 };

struct CytoPool {
  unsigned threads;
  pthread_t *thread; /* threads - 1 of them; worker numbers 1.. */
  pthread_mutex_t lock;
  pthread_cond_t wake, done;
  unsigned long round; /* counts the calls; a worker joins each round once */
  unsigned busy;       /* workers still in the round */
  bool quit;
  /* the round */
  CytoJob *job;
  CytoBody body;
  void *context;
  size_t count;
  atomic_size_t next, finished;
};

typedef struct Worker {
  CytoPool *pool;
  unsigned number;
} Worker;

/* Takes items until none is left or the job is cancelled. Only worker 0, the caller's own thread,
 * reports progress: callbacks then never run on a foreign thread. */
static void work(CytoPool *pool, unsigned number, const char *stage) {
  size_t item;
  while (!cyto_job_cancelled(pool->job) &&
         (item = atomic_fetch_add(&pool->next, 1)) < pool->count) {
    pool->body(pool->context, item, number);
    size_t finished = atomic_fetch_add(&pool->finished, 1) + 1;
    if (stage && number == 0)
      cyto_job_step(pool->job, stage, finished, pool->count, NULL);
  }
}

static void *worker_main(void *argument) {
  Worker worker = *(Worker *)argument;
  free(argument);
  CytoPool *pool = worker.pool;
  unsigned long seen = 0;
  pthread_mutex_lock(&pool->lock);
  for (;;) {
    while (!pool->quit && pool->round == seen)
      pthread_cond_wait(&pool->wake, &pool->lock);
    if (pool->quit)
      break;
    seen = pool->round;
    pthread_mutex_unlock(&pool->lock);
    work(pool, worker.number, NULL);
    pthread_mutex_lock(&pool->lock);
    if (--pool->busy == 0)
      pthread_cond_signal(&pool->done);
  }
  pthread_mutex_unlock(&pool->lock);
  return NULL;
}

static unsigned processors(void) {
  cpu_set_t set;
  int n = sched_getaffinity(0, sizeof set, &set) == 0 ? CPU_COUNT(&set) : 1;
  return n < 1 ? 1 : (unsigned)n;
}

CytoPool *cyto_pool_new(unsigned threads, CytoError *err) {
  if (threads == 0)
    threads = processors();
  if (threads > MAX_THREADS)
    threads = MAX_THREADS;
  CytoPool *pool = cyto_calloc(1, sizeof *pool, err);
  CYTO_AUTOFREE pthread_t *list = cyto_calloc(threads, sizeof *list, err);
  if (!pool || !list) {
    free(pool);
    return NULL;
  }
  pthread_mutex_init(&pool->lock, NULL);
  pthread_cond_init(&pool->wake, NULL);
  pthread_cond_init(&pool->done, NULL);
  pool->thread = cyto_steal(&list);
  pool->threads = 1;
  /* A system short of threads gives a smaller pool, never an error: results are the same. */
  for (; pool->threads < threads; pool->threads++) {
    Worker *worker = malloc(sizeof *worker);
    if (!worker)
      break;
    *worker = (Worker){pool, pool->threads};
    if (pthread_create(&pool->thread[pool->threads - 1], NULL, worker_main, worker) != 0) {
      free(worker);
      break;
    }
  }
  return pool;
}

void cyto_pool_free(CytoPool *pool) {
  if (!pool)
    return;
  pthread_mutex_lock(&pool->lock);
  pool->quit = true;
  pthread_cond_broadcast(&pool->wake);
  pthread_mutex_unlock(&pool->lock);
  for (unsigned i = 0; i + 1 < pool->threads; i++)
    pthread_join(pool->thread[i], NULL);
  pthread_cond_destroy(&pool->wake);
  pthread_cond_destroy(&pool->done);
  pthread_mutex_destroy(&pool->lock);
  free(pool->thread);
  free(pool);
}

unsigned cyto_pool_threads(const CytoPool *pool) {
  return pool ? pool->threads : 1;
}

static bool run_alone(CytoJob *job, size_t n, CytoBody body, void *context, const char *stage,
                      CytoError *err) {
  for (size_t item = 0; item < n; item++) {
    if (cyto_job_cancelled(job))
      break;
    body(context, item, 0);
    if (stage)
      cyto_job_step(job, stage, item + 1, n, NULL);
  }
  return !cyto_job_cancelled(job) || cyto_fail(err, CYTO_ERROR_CANCELLED, "stopped on request");
}

bool cyto_parallel(CytoJob *job, size_t n, CytoBody body, void *context, const char *stage,
                   CytoError *err) {
  CytoPool *pool = job ? job->pool : NULL;
  if (cyto_pool_threads(pool) == 1 || n < 2)
    return run_alone(job, n, body, context, stage, err);

  pthread_mutex_lock(&pool->lock);
  pool->job = job;
  pool->body = body;
  pool->context = context;
  pool->count = n;
  atomic_store(&pool->next, 0);
  atomic_store(&pool->finished, 0);
  pool->busy = pool->threads - 1;
  pool->round++;
  pthread_cond_broadcast(&pool->wake);
  pthread_mutex_unlock(&pool->lock);

  work(pool, 0, stage);

  pthread_mutex_lock(&pool->lock);
  while (pool->busy > 0)
    pthread_cond_wait(&pool->done, &pool->lock);
  pthread_mutex_unlock(&pool->lock);
  return !cyto_job_cancelled(job) || cyto_fail(err, CYTO_ERROR_CANCELLED, "stopped on request");
}

struct CytoTask {
  void (*body)(void *context);
  void *context;
  pthread_t thread;
  bool threaded; /* thread is to be joined */
  atomic_bool done;
};

static void *task_main(void *argument) {
  CytoTask *task = argument;
  task->body(task->context);
  atomic_store(&task->done, true);
  return NULL;
}

CytoTask *cyto_task_start(void (*body)(void *context), void *context, CytoError *err) {
  CytoTask *task = cyto_calloc(1, sizeof *task, err);
  if (!task)
    return NULL;
  task->body = body;
  task->context = context;
  task->threaded = pthread_create(&task->thread, NULL, task_main, task) == 0;
  if (!task->threaded)
    task_main(task);
  return task;
}

bool cyto_task_done(const CytoTask *task) {
  return atomic_load(&task->done);
}

void cyto_task_wait(CytoTask *task) {
  if (task && task->threaded)
    pthread_join(task->thread, NULL);
  free(task);
}
