#include "args.h"
#include "commands.h"
#include "interrupt.h"
#include "run.h"
#include "synth.h"
#include "terminal.h"
#include "../cyto/base/mem.h"
#include "../cyto/base/parallel.h"
#include <stdio.h>
#include <string.h>
#include <unistd.h>

typedef struct Args {
  const char *kind, *size, *diameter, *nuclei, *format, *max_memory;
  int64_t count, seed, threads;
  bool quiet;
} Args;

const CliArg cli_synth_args[] = {
    {"kind", "KIND,...", CLI_ARG_TEXT, offsetof(Args, kind), 0, 0,
     "filled, membrane, epithelium, textured, phase, brightfield, particles; images take turns "
     "[all]"},
    {"count", "N", CLI_ARG_INT, offsetof(Args, count), 1, 1e6, "number of images [14]"},
    {"seed", "S", CLI_ARG_INT, offsetof(Args, seed), 0, 1e15,
     "another number, other images; the same number, the same ones [0]"},
    {"size", "WxH", CLI_ARG_TEXT, offsetof(Args, size), 0, 0, "pixels of an image [512x512]"},
    {"diameter", "D|FROM-TO", CLI_ARG_TEXT, offsetof(Args, diameter), 0, 0,
     "diameters of the cells in pixels; each image has its own [14-70]"},
    {"nuclei", "FOLDER", CLI_ARG_TEXT, offsetof(Args, nuclei), 0, 0,
     "images of nuclei with <name>_masks beside them; half of the images grow their cells around "
     "these"},
    {"format", "tif|png", CLI_ARG_TEXT, offsetof(Args, format), 0, 0, "16 or 8 bits [tif]"},
    {"threads", "N", CLI_ARG_INT, offsetof(Args, threads), 0, 1024,
     "images made at the same time; 0 = as many as processors [0]"},
    {"max_memory", "SIZE", CLI_ARG_TEXT, offsetof(Args, max_memory), 0, 0,
     "memory that all images in the making may take, e.g. 4G; three quarters of this machine's if "
     "not given"},
    {"quiet", NULL, CLI_ARG_FLAG, offsetof(Args, quiet), 0, 0, "say nothing but errors"},
    {0},
};

static bool read_kinds(const char *text, CliSynth *synth, CytoError *err) {
  for (unsigned k = 0; !text && k < CYTO_SYNTH_KINDS; k++)
    synth->kind[synth->kinds++] = (CytoSynthKind)k;
  while (text && *text) {
    char name[32] = {0};
    size_t n = strcspn(text, ",");
    memcpy(name, text, n < sizeof name - 1 ? n : sizeof name - 1);
    if (!cyto_synth_kind(name, &synth->kind[synth->kinds]))
      return cyto_fail(err, CYTO_ERROR_ARGUMENT,
                       "--kind: there is no \"%s\"; there are filled, membrane, epithelium, "
                       "textured, phase, brightfield and particles",
                       name);
    text += n + (text[n] == ',');
    if (++synth->kinds == CYTO_SYNTH_KINDS && *text)
      return cyto_fail(err, CYTO_ERROR_ARGUMENT, "--kind names more kinds than there are");
  }
  return synth->kinds || cyto_fail(err, CYTO_ERROR_ARGUMENT, "--kind names no kind");
}

/* Two numbers with a mark between them; one alone counts twice where `single` allows it. */
static bool read_two(const char *text, char mark, bool single, double *a, double *b) {
  char first[32];
  const char *cut = strchr(text, mark);
  size_t n = cut ? (size_t)(cut - text) : strlen(text);
  if (n >= sizeof first || (!cut && !single))
    return false;
  memcpy(first, text, n);
  first[n] = 0;
  if (!cyto_parse_double(first, a))
    return false;
  *b = *a;
  return !cut || cyto_parse_double(cut + 1, b);
}

static bool understand(const Args *args, CliSynth *synth, CytoError *err) {
  double width = 512, height = 512;
  if (args->size && (!read_two(args->size, 'x', false, &width, &height) || !(width >= 32) ||
                     !(height >= 32) || !(width <= 16384) || !(height <= 16384)))
    return cyto_fail(err, CYTO_ERROR_ARGUMENT,
                     "--size is width x height from 32x32 to 16384x16384, found \"%.100s\"",
                     args->size);
  if (args->diameter && (!read_two(args->diameter, '-', true, &synth->smallest, &synth->largest) ||
                         !(synth->smallest >= 6) || !(synth->largest >= synth->smallest) ||
                         !(synth->largest <= 2000)))
    return cyto_fail(err, CYTO_ERROR_ARGUMENT,
                     "--diameter is one number or FROM-TO, 6 to 2000 pixels, found \"%.100s\"",
                     args->diameter);
  if (args->format && strcmp(args->format, "tif") != 0 && strcmp(args->format, "png") != 0)
    return cyto_fail(err, CYTO_ERROR_ARGUMENT, "--format is tif or png, found \"%.100s\"",
                     args->format);
  synth->nx = (size_t)width;
  synth->ny = (size_t)height;
  synth->png = args->format && args->format[0] == 'p';
  synth->nuclei = args->nuclei;
  synth->count = (size_t)args->count;
  synth->seed = (uint64_t)args->seed;
  return read_kinds(args->kind, synth, err);
}

static void on_progress(void *data, const char *stage, size_t i, size_t n) {
  (void)stage;
  if (*(bool *)data)
    fprintf(stderr, i < n ? "\r%zu of %zu images" : "\r\033[K", i, n);
}

/* As many workers as asked for, or fewer where the memory holds fewer images at a time. */
static CytoPool *make_pool(const CliSynth *synth, const Args *args, CytoError *err) {
  CliSettings settings = {0};
  if (args->max_memory && !cli_parse_size(args->max_memory, &settings.max_memory)) {
    cyto_fail(err, CYTO_ERROR_ARGUMENT,
              "--max_memory expects a size such as 4G or 800M, found \"%.100s\"", args->max_memory);
    return NULL;
  }
  size_t limit = cli_memory_limit(&settings), need = cyto_synth_memory(synth->ny, synth->nx);
  if (limit && need > limit) {
    cyto_fail(
        err, CYTO_ERROR_ARGUMENT,
        "an image of %zux%zu pixels takes %.1f GB of memory, above the limit of %.1f GB; make "
        "--size smaller, or raise --max_memory",
        synth->nx, synth->ny, (double)need / 1e9, (double)limit / 1e9);
    return NULL;
  }
  CytoPool *pool = cyto_pool_new((unsigned)args->threads, err);
  if (!pool || !limit || cyto_pool_threads(pool) <= limit / need)
    return pool;
  cyto_pool_free(pool);
  return cyto_pool_new((unsigned)(limit / need), err);
}

static int make(const CliSynth *synth, const Args *args) {
  CytoError err = {0};
  bool shown = !args->quiet && isatty(STDERR_FILENO);
  CytoJob job = {.progress = on_progress, .data = &shown};
  job.pool = make_pool(synth, args, &err);
  cli_catch_signals(&job);
  bool good = job.pool && cli_synth(synth, &job, &err);
  cli_catch_signals(NULL);
  cyto_pool_free(job.pool);
  if (good && !args->quiet)
    cli_say("%zu images with masks in %s; train on them with --chan 1 --chan2 2", synth->count,
            synth->folder);
  if (good)
    return CLI_DONE;
  cli_say("cytoscribe: %s", err.text);
  return err.code == CYTO_ERROR_CANCELLED  ? CLI_STOPPED
         : err.code == CYTO_ERROR_ARGUMENT ? CLI_USAGE
                                           : CLI_SOME_FAILED;
}

int cmd_synth(int argc, char **argv) {
  Args args = {.count = 2 * CYTO_SYNTH_KINDS};
  CliSynth synth = {.smallest = 14, .largest = 70};
  CytoError err = {0};
  int words;
  CliParsed parsed = cli_args_parse(cli_synth_args, "synth", argc, argv, &args, &words, &err);
  if (parsed == CLI_HELP)
    return cmd_show_help("synth");
  if (parsed == CLI_PARSED && words != 1)
    cyto_fail(&err, CYTO_ERROR_ARGUMENT, "%s: cytoscribe synth FOLDER [OPTION]...",
              words ? "one folder is enough" : "which folder shall the images go to?");
  if (err.code || !understand(&args, &synth, &err))
    return cmd_usage_error(&err);
  synth.folder = argv[0];
  return make(&synth, &args);
}
