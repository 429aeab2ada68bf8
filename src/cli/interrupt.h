/* Ctrl-C and its kin set the cancel flag of one job; the work then ends by the ordinary way out. */
#pragma once
#include "../cyto/base/job.h"

/* SIGINT, SIGTERM and SIGHUP from now on; the job must stay until cli_catch_signals(NULL). */
void cli_catch_signals(CytoJob *job);
bool cli_interrupted(void);
