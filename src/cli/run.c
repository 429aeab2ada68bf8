#include "run-private.h"
#include "commands.h"
#include "interrupt.h"
#include "nets.h"
#include "../cyto/base/mem.h"
#include <string.h>
#include <unistd.h>

static void run_clear(CliRun *run) {
  cli_catch_signals(NULL);
  cyto_model_free(run->model);
  cyto_pool_free(run->job.pool);
  cli_summary_clear(&run->summary);
}

size_t cli_memory_limit(const CliSettings *settings) {
  if (settings->max_memory)
    return settings->max_memory;
  long pages = sysconf(_SC_PHYS_PAGES), page = sysconf(_SC_PAGESIZE);
  return pages > 0 && page > 0 ? (size_t)pages / 4 * 3 * (size_t)page : 0;
}

static bool has_model(const char *name) {
  CYTO_CLEANUP(cyto_model_list_clear) CytoModelList list = {0};
  if (!cyto_model_list(&list, NULL))
    return false;
  for (size_t i = 0; i < list.count; i++) {
    if (strcmp(list.entry[i].name, name) == 0)
      return true;
  }
  return false;
}

/* Cellpose's default where it is installed, else the built-in model for cells. */
static bool open_model(CliRun *run, CytoError *err) {
  const CliSettings *s = run->settings;
  const char *name = s->pretrained_model;
  static const char *const none[] = {"", "None", "False", "0"};
  for (size_t i = 0; i < sizeof none / sizeof none[0]; i++) {
    if (strcmp(name, none[i]) == 0)
      return cyto_fail(err, CYTO_ERROR_ARGUMENT,
                       "--pretrained_model %s: without a model there is nothing to segment with",
                       name);
  }
  if (!cli_given(s, "pretrained_model") && !has_model(name)) {
    if (!s->quiet)
      cli_say("%s is not installed; the model is cyto (--pretrained_model NAME chooses another)",
              name);
    name = "cyto";
  }
  bool average = s->net_avg && !s->no_net_avg && !s->fast_mode;
  if (!cyto_model_open_job(name, average, &run->model, &run->job, err))
    return false;
  if (average && run->model->nets == 1 && !s->quiet)
    cli_say("--net_avg: the model %s has one network here, so there is nothing to average",
            run->model->name);
  if (!s->quiet)
    cli_say_unused(s, run->model);
  run->summary.model = run->model->name;
  run->summary.model_path = run->model->path;
  return true;
}

static int report(CliRun *run) {
  cli_summary_end(&run->summary, run->settings->quiet);
  int printed = CLI_DONE;
  CytoStr json = {0};
  if (run->settings->json)
    cli_summary_json(&run->summary, &json);
  printed = cmd_print(&json);
  if (run->summary.stopped)
    return CLI_STOPPED;
  return cli_summary_number(&run->summary, CLI_IMAGE_FAILED) ? CLI_SOME_FAILED : printed;
}

/* With --verbose: what runs, and the call that repeats it. */
static void say_plan(const CliRun *run) {
  CYTO_CLEANUP(cyto_str_clear) CytoStr command = {0};
  if (!run->settings->verbose)
    return;
  cli_command_line(run->settings, &command);
  cli_say("model %s from %s, %u threads", run->model->name, run->model->path,
          cyto_pool_threads(run->job.pool));
  if (command.text && !command.failed)
    cli_say("the same as: %s", command.text);
}

int cli_run(const CliSettings *settings, const CliInputs *inputs) {
  CYTO_CLEANUP(run_clear) CliRun run = {.settings = settings, .inputs = inputs};
  CytoError err = {0};
  run.job.max_memory = cli_memory_limit(settings);
  run.job.progress = cli_batch_progress;
  run.job.warning = cli_batch_warning;
  run.job.data = &run;
  cli_segment_options(settings, &run.options);
  if (!cli_summary_init(&run.summary, (const char *const *)inputs->path, inputs->count, &err) ||
      !(run.job.pool = cyto_pool_new((unsigned)settings->threads, &err)) ||
      !open_model(&run, &err)) {
    cli_say("cytoscribe: %s", err.text);
    return CLI_USAGE;
  }
  say_plan(&run);
  cli_catch_signals(&run.job);
  cli_batch(&run);
  return report(&run);
}
