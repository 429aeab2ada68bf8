#include "args.h"
#include "commands.h"
#include "eval.h"
#include "interrupt.h"
#include "terminal.h"
#include "../cyto/base/file.h"
#include "../cyto/base/mem.h"
#include "../cyto/base/parallel.h"
#include <string.h>
#include <sys/stat.h>

typedef struct Args {
  const char *thresholds, *csv;
  double boundary;
  int64_t threads;
  bool group, json, means;
} Args;

const CliArg cli_eval_args[] = {
    {"thresholds", "T,...", CLI_ARG_TEXT, offsetof(Args, thresholds), 0, 0,
     "IoU from which a found cell counts as a true one, 0 to 1 [0.5,0.75,0.9]"},
    {"boundary", "SCALE", CLI_ARG_NUMBER, offsetof(Args, boundary), 0, 10,
     "how far outlines may lie apart, in diameters of the true cells, at least a pixel [0.1]"},
    {"group", NULL, CLI_ARG_FLAG, offsetof(Args, group), 0, 0,
     "groups by the names up to their first \"_\"; otherwise sub-folders are groups"},
    {"csv", "FILE", CLI_ARG_TEXT, offsetof(Args, csv), 0, 0, "write every score to a table"},
    {"json", NULL, CLI_ARG_FLAG, offsetof(Args, json), 0, 0, "print every score as JSON"},
    {"means", NULL, CLI_ARG_FLAG, offsetof(Args, means), 0, 0,
     "print groups and means, not every image"},
    {"threads", "N", CLI_ARG_INT, offsetof(Args, threads), 0, 1024,
     "images scored at the same time; 0 = as many as processors [0]"},
    {0},
};

static bool read_thresholds(const char *text, CliEvalOptions *options, CytoError *err) {
  while (*text) {
    char number[32] = {0};
    size_t n = strcspn(text, ",");
    memcpy(number, text, n < sizeof number - 1 ? n : sizeof number - 1);
    double *value = &options->threshold[options->thresholds];
    if (options->thresholds == CLI_EVAL_THRESHOLDS)
      return cyto_fail(err, CYTO_ERROR_ARGUMENT, "--thresholds takes at most %d numbers",
                       CLI_EVAL_THRESHOLDS);
    if (!cyto_parse_double(number, value) || !(*value > 0) || !(*value <= 1))
      return cyto_fail(err, CYTO_ERROR_ARGUMENT,
                       "--thresholds expects numbers above 0 and up to 1 with commas between them, "
                       "found \"%.30s\"",
                       number);
    options->thresholds++;
    text += n + (text[n] == ',');
  }
  return options->thresholds ||
         cyto_fail(err, CYTO_ERROR_ARGUMENT, "--thresholds expects at least one number");
}

static bool write_csv(const CliEvalReport *report, const char *path, CytoError *err) {
  CYTO_CLEANUP(cyto_str_clear) CytoStr text = {0};
  cli_eval_csv(report, &text);
  if (text.failed)
    return cyto_fail(err, CYTO_ERROR_MEMORY, "out of memory while writing %s", path);
  return cyto_file_write(path, text.text, text.length, err);
}

/* "--csv truth.png prediction.png" is a forgotten name, not a wish to lose the masks. */
static bool csv_is_safe(const char *path, CytoError *err) {
  bool table = cyto_has_suffix(path, ".csv") || cyto_has_suffix(path, ".txt") ||
               cyto_has_suffix(path, ".tsv");
  struct stat status;
  return table || stat(path, &status) != 0 || !S_ISREG(status.st_mode) ||
         cyto_fail(err, CYTO_ERROR_ARGUMENT,
                   "--csv expects the name of a table to write, found \"%.300s\", which is there "
                   "and whose name does not end in .csv, .tsv or .txt",
                   path);
}

static bool evaluate(const Args *args, const CliEvalOptions *options, char **words, size_t count,
                     CytoJob *job, int *code, CytoError *err) {
  CYTO_CLEANUP(cli_eval_pairs_clear) CliEvalPairs pairs = {0};
  CYTO_CLEANUP(cli_eval_report_clear) CliEvalReport report = {0};
  size_t failed;
  if (!cli_eval_pair(words[0], words + 1, count, args->group, &pairs, err) ||
      !cli_eval_run(&pairs, words + 1, options, &report, &failed, job, err))
    return false;
  CytoStr out = {0};
  if (args->json)
    cli_eval_json(&report, &out);
  else
    cli_eval_table(&report, args->means, &out);
  *code = cmd_print(&out);
  cli_say_lines(&pairs.notes);
  if (failed) {
    cli_say("%zu of %zu not scored; the means are those of the others", failed,
            pairs.count * pairs.predictions);
    *code = CLI_SOME_FAILED;
  }
  return !args->csv || write_csv(&report, args->csv, err);
}

int cmd_eval(int argc, char **argv) {
  Args args = {.thresholds = "0.5,0.75,0.9", .boundary = 0.1};
  CliEvalOptions options = {0};
  CytoError err = {0};
  int words, code = CLI_DONE;
  CliParsed parsed = cli_args_parse(cli_eval_args, "eval", argc, argv, &args, &words, &err);
  if (parsed == CLI_HELP)
    return cmd_show_help("eval");
  if (parsed == CLI_PARSED && words < 2)
    cyto_fail(&err, CYTO_ERROR_ARGUMENT,
              "what shall be compared? cytoscribe eval TRUTH PREDICTION...");
  options.boundary = args.boundary;
  if (err.code || !read_thresholds(args.thresholds, &options, &err) ||
      (args.csv && !csv_is_safe(args.csv, &err)))
    return cmd_usage_error(&err);
  CytoJob job = {.pool = cyto_pool_new((unsigned)args.threads, &err)};
  cli_catch_signals(&job);
  if (!job.pool || !evaluate(&args, &options, argv, (size_t)words - 1, &job, &code, &err)) {
    cli_say("cytoscribe: %s", err.text);
    code = err.code == CYTO_ERROR_CANCELLED ? CLI_STOPPED
           : err.code == CYTO_ERROR_MEMORY  ? CLI_SOME_FAILED
                                            : CLI_USAGE;
  }
  cli_catch_signals(NULL);
  cyto_pool_free(job.pool);
  return code;
}
