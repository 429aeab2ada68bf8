#include "interrupt.h"
#include <signal.h>

/* A handler has no other way to reach the job. */
static _Atomic(CytoJob *) caught_job;
static volatile sig_atomic_t caught;

static void on_signal(int number) {
  (void)number;
  caught = 1;
  CytoJob *job = atomic_load(&caught_job);
  if (job)
    atomic_store(&job->cancel, 1);
}

void cli_catch_signals(CytoJob *job) {
  static const int signals[] = {SIGINT, SIGTERM, SIGHUP};
  atomic_store(&caught_job, job);
  for (size_t i = 0; i < sizeof signals / sizeof signals[0]; i++) {
    struct sigaction old,
        action = {.sa_handler = job ? on_signal : SIG_DFL, .sa_flags = SA_RESTART};
    /* nohup and background jobs of a script ignore some signals; that stays so. */
    if (sigaction(signals[i], NULL, &old) == 0 && old.sa_handler != SIG_IGN)
      sigaction(signals[i], &action, NULL);
  }
}

bool cli_interrupted(void) {
  return caught != 0;
}
