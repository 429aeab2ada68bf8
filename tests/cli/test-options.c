/* The parser as argparse would have it (algorithm.md §13), the help and the command printed back.
 */
#include "check.h"
#include "help.h"
#include "options.h"
#include "../cyto/base/mem.h"
#include "../cyto/io/reader.h"
#include <strings.h>

enum { MAX_ARGS = 16 };

typedef struct Parse {
  CliParsed parsed;
  CliSettings settings;
  CytoStr notes;
  CytoError error;
} Parse;

static Parse parse_for(unsigned command, const char *const *args) {
  Parse p = {0};
  char *argv[MAX_ARGS + 1];
  int argc = 0;
  while (args[argc]) {
    argv[argc] = (char *)args[argc];
    argc++;
  }
  argv[argc] = NULL;
  p.parsed = cli_parse(argc, argv, command, &p.settings, &p.notes, &p.error);
  return p;
}

static void parse_clear(Parse *p) {
  cli_settings_clear(&p->settings);
  cyto_str_clear(&p->notes);
}

#define ARGS(...) ((const char *const[]){__VA_ARGS__, NULL})
#define PARSE(name, ...)                                                                           \
  CYTO_CLEANUP(parse_clear) Parse name = parse_for(CLI_SEGMENT, ARGS(__VA_ARGS__))
#define CHECK_PARSED(p) CHECKF((p).parsed == CLI_PARSED, "refused: %s", (p).error.text)

static const char *notes_of(const Parse *p) {
  return p->notes.text ? p->notes.text : "";
}

static void defaults_are_cellposes(void) {
  PARSE(p, "x.tif");
  CHECK_PARSED(p);
  const CliSettings *s = &p.settings;
  CHECK_STR(s->pretrained_model, "cyto3");
  CHECK(s->diameter == 30 && s->flow_threshold == 0.4 && s->cellprob_threshold == 0);
  CHECK(s->min_size == 15 && s->niter == 0 && s->chan == 0 && s->chan2 == 0);
  CHECK(s->max_size_fraction == 0.4 && s->tile_overlap == 0.1 && s->max_size == 0);
  CHECK(s->norm_percentile[0] == 1 && s->norm_percentile[1] == 99);
  CHECK_STR(s->mask_filter, "_masks");
  CHECK_STR(s->img_filter, "");
  CHECK(!s->dir && !s->savedir && !s->output_name && !s->axes && !s->max_memory);
  CHECK(s->channel_axis == CYTO_AXIS_NONE && s->z_axis == CYTO_AXIS_NONE);
  CHECK(!s->save_png && !s->no_npy && !s->no_resample && !s->given[0] && !s->given[1]);
  CHECK(s->n_files == 1);
  CHECK_STR(s->files[0], "x.tif");
  CHECK_STR(notes_of(&p), "");
}

static void cellposes_own_call(void) {
  PARSE(p, "--dir", "D", "--pretrained_model", "nuclei", "--chan", "2", "--chan2", "3",
        "--diameter", "0", "--save_png");
  CHECK_PARSED(p);
  CHECK_STR(p.settings.dir, "D");
  CHECK_STR(p.settings.pretrained_model, "nuclei");
  CHECK(p.settings.chan == 2 && p.settings.chan2 == 3 && p.settings.diameter == 0);
  CHECK(p.settings.save_png && !p.settings.save_tif && p.settings.n_files == 0);
  CHECK_STR(notes_of(&p), "");
}

static void every_spelling(void) {
  static const char *const ways[][3] = {
      {"--flow_threshold", "0.6", NULL},   {"--flow-threshold", "0.6", NULL},
      {"--flow_threshold=0.6", NULL},      {"--flow-threshold=0.6", NULL},
      {"--flow_t", "0.6", NULL},           {"--flow-t=0.6", NULL},
      {"--flow_threshold", " 6e-1", NULL},
  };
  for (size_t i = 0; i < sizeof ways / sizeof ways[0]; i++) {
    CYTO_CLEANUP(parse_clear) Parse p = parse_for(CLI_SEGMENT, ways[i]);
    CHECK_PARSED(p);
    CHECKF(p.settings.flow_threshold == 0.6, "way %zu", i);
    CHECK(cli_given(&p.settings, "flow_threshold"));
  }
}

static void values_that_look_like_options(void) {
  PARSE(p, "--cellprob_threshold", "-3.5", "--min_size", "-1", "--channel_axis", "-1",
        "--savedir=-x", "--output_name", "", "--", "--diameter", "-h");
  CHECK_PARSED(p);
  CHECK(p.settings.cellprob_threshold == -3.5 && p.settings.min_size == -1);
  CHECK(p.settings.channel_axis == -1 && p.settings.diameter == 30);
  CHECK_STR(p.settings.savedir, "-x");
  CHECK_STR(p.settings.output_name, "");
  REQUIRE(p.settings.n_files == 2);
  CHECK_STR(p.settings.files[0], "--diameter");
  CHECK_STR(p.settings.files[1], "-h");
}

static void pairs_and_order(void) {
  PARSE(p, "a.tif", "--norm_percentile", "0.5", "99.5", "b.tif", "--diam", "12", "--diameter", "40",
        "-");
  CHECKF(p.parsed == CLI_WRONG && strstr(p.error.text, "--diam_mean"), "%s", p.error.text);
  PARSE(q, "a.tif", "--norm_percentile=0.5", "99.5", "b.tif", "--diameter", "12", "--diameter",
        "40", "-");
  CHECK_PARSED(q);
  CHECK(q.settings.norm_percentile[0] == 0.5 && q.settings.norm_percentile[1] == 99.5);
  CHECK(q.settings.diameter == 40);
  REQUIRE(q.settings.n_files == 3);
  CHECK_STR(q.settings.files[1], "b.tif");
  CHECK_STR(q.settings.files[2], "-");
}

static void wrong_calls(void) {
  static const struct {
    const char *args[4], *says;
  } calls[] = {
      {{"--diameter"}, "--diameter expects a value: PIXELS"},
      {{"--diameter", "--save_png"}, "--diameter expects a value: PIXELS"},
      {{"--diameter", "abc"}, "--diameter expects a number of at least 0, found \"abc\""},
      {{"--diameter", "-5"}, "--diameter expects a number of at least 0, found \"-5\""},
      {{"--diameter", "nan"}, "--diameter expects a number of at least 0, found \"nan\""},
      {{"--diameter", "1,5"}, "--diameter expects a number of at least 0, found \"1,5\""},
      {{"--diameter="}, "--diameter expects a number of at least 0, found \"\""},
      {{"--chan", "1.0"}, "--chan expects a whole number of at least 0, found \"1.0\""},
      {{"--tile_overlap", "0.9"},
       "--tile_overlap expects a number from 0.05 to 0.5, found \"0.9\""},
      {{"--save_png=1"}, "--save_png takes no value, found \"1\""},
      {{"--norm_percentile", "1"}, "--norm_percentile expects two values: LOW HIGH"},
      {{"--norm_percentile", "99", "1"},
       "--norm_percentile expects the lower percentile first, found 99 1"},
      {{"--norm_percentile", "1", "101"},
       "--norm_percentile expects a number from 0 to 100, found \"101\""},
      {{"--save_pmg"}, "unknown option --save_pmg; did you mean --save_png?"},
      {{"--nonsense"}, "unknown option --nonsense"},
      {{"---"}, "unknown option --_"},
      {{"--=3"}, "unknown option --"},
      {{"-x"}, "unknown option -x"},
      {{"--max_memory", "many"}, "--max_memory expects a size such as 4G or 800M, found \"many\""},
      {{"--invert", "--no_norm"}, "--invert works on normalised intensities; leave out --no_norm"},
      {{"--train"},
       "--train: training is a command of its own: cytoscribe train ..., or cytoscribe --train "
       "..."},
      {{"--crop", "64"}, "--crop belongs to another command; see: cytoscribe help"},
      {{"--do-3D"},
       "--do_3D: segmentation in three dimensions comes with a later version of "
       "Cytoscribe"},
      {{"--stitch_threshold", "0.1"},
       "--stitch_threshold: segmentation in three dimensions comes "
       "with a later version of Cytoscribe"},
      {{"--Zstack"}, "--Zstack: the window comes with a later version of Cytoscribe"},
      {{"--restore_type", "denoise_cyto3"},
       "--restore_type: image restoration comes with a later version of Cytoscribe"},
  };
  for (size_t i = 0; i < sizeof calls / sizeof calls[0]; i++) {
    CYTO_CLEANUP(parse_clear) Parse p = parse_for(CLI_SEGMENT, calls[i].args);
    CHECK(p.parsed == CLI_WRONG);
    CHECK_STR(p.error.text, calls[i].says);
  }
  static const char *const prefixes[][3] = {
      {"--save_o", "save_outlines"}, {"--look", "look_one_level_down"},
      {"--inv", "invert"},           {"--exclude", "exclude_on_edges"},
      {"--no_np", "no_npy"},         {"--au", "augment"},
  };
  for (size_t i = 0; i < sizeof prefixes / sizeof prefixes[0]; i++) {
    PARSE(p, prefixes[i][0]);
    CHECK_PARSED(p);
    CHECKF(cli_given(&p.settings, prefixes[i][1]), "%s", prefixes[i][0]);
  }
  PARSE(ambiguous, "--save_");
  CHECK(ambiguous.parsed == CLI_WRONG && strstr(ambiguous.error.text, "--save_png"));
}

static void flags_without_effect(void) {
  PARSE(p, "--use_gpu", "--gpu_device", "1", "--batch_size=16", "--anisotropy", "1", "--n_epochs",
        "500", "--stitch_threshold", "0.0", "--unet", "0");
  CHECK_PARSED(p);
  CHECK_STR(notes_of(&p),
            "--use_gpu: ignored; Cytoscribe runs on the CPU\n"
            "--gpu_device: ignored; Cytoscribe runs on the CPU\n"
            "--batch_size: ignored; how many tiles are worked on at a time follows --threads\n");
  PARSE(q, "--chan2", "2", "--unet", "x.tif");
  CHECK_PARSED(q);
  CHECK(strstr(notes_of(&q), "--unet: ignored; it matters to training alone"));
  PARSE(r, "--learning_rate", "0.1", "--chan2", "2", "x.tif");
  CHECK_PARSED(r);
  CHECK(strstr(notes_of(&r), "--learning_rate: ignored; it matters to training alone"));
  CHECK(strstr(notes_of(&r), "--chan2: ignored"));
  CHECK(r.settings.n_files == 1);
  CytoStr same = {0};
  cli_command_line(&r.settings, &same);
  CHECK(same.text && !strstr(same.text, "learning_rate"));
  cyto_str_clear(&same);
}

/* Cellpose's one set of flags, where it trains. */
static void flags_of_training(void) {
  CYTO_CLEANUP(parse_clear)
  Parse p = parse_for(CLI_TRAIN | CLI_SEGMENT,
                      ARGS("--dir", "D", "--train", "--train-size", "--n_epochs=100", "--SGD", "0",
                           "--learning_rate", "1e-3", "--crop", "112", "--diameter", "20",
                           "--save_png", "--use_gpu"));
  CHECK_PARSED(p);
  CHECK(p.settings.train && p.settings.train_size);
  CHECK_STR(p.settings.dir, "D");
  CHECK(p.settings.n_epochs == 100 && p.settings.SGD == 0 && p.settings.crop == 112);
  CHECK(p.settings.learning_rate == 1e-3 && p.settings.batch_size == 8);
  CHECK(p.settings.min_train_masks == 5 && p.settings.save_every == 100);
  CHECK_STR(notes_of(&p), "--diameter: ignored; it matters to segmentation alone\n"
                          "--save_png: ignored; it matters to segmentation alone\n"
                          "--use_gpu: ignored; Cytoscribe runs on the CPU\n");
  CHECK(p.settings.diameter == 30 && !p.settings.save_png);
  static const char *const wrong[][3] = {
      {"--n_epochs", "0", "--n_epochs expects a whole number of at least 1, found \"0\""},
      {"--SGD", "2", "--SGD expects a whole number from 0 to 1, found \"2\""},
      {"--hold_out", "1", "--hold_out expects a number from 0 to 0.9, found \"1\""},
  };
  for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
    CYTO_CLEANUP(parse_clear)
    Parse q = parse_for(CLI_TRAIN | CLI_SEGMENT, ARGS(wrong[i][0], wrong[i][1]));
    CHECK(q.parsed == CLI_WRONG);
    CHECK_STR(q.error.text, wrong[i][2]);
  }
}

/* Every flag of algorithm.md §13.2 and 13.4, written out here from the lists. */
static const char every_flag[] =
    "version verbose Zstack use_gpu gpu_device check_mkl dir image_path look_one_level_down "
    "img_filter channel_axis z_axis chan chan2 invert all_channels pretrained_model restore_type "
    "chan2_restore add_model transformer pretrained_model_ortho no_resample no_interp no_norm "
    "norm_percentile do_3D diameter stitch_threshold min_size flow3D_smooth flow_threshold "
    "cellprob_threshold niter anisotropy exclude_on_edges augment save_png save_tif output_name "
    "no_npy savedir dir_above in_folders save_flows save_outlines save_rois save_txt save_mpl "
    "train "
    "train_size test_dir file_list mask_filter diam_mean learning_rate weight_decay n_epochs "
    "batch_size nimg_per_epoch nimg_test_per_epoch min_train_masks SGD save_every model_name_out "
    "mkldnn mxnet fast_mode resample unet nclasses residual_on style_on concatenation omni cluster "
    "no_net_avg mask_threshold diam_threshold save_ncolor save_each testing net_avg "
    "train_batch_size help threads max_memory axes json quiet max_size tile_overlap "
    "max_size_fraction";

static void every_flag_of_every_version(void) {
  char list[sizeof every_flag], *rest = list;
  memcpy(list, every_flag, sizeof list);
  for (char *name; (name = strsep(&rest, " "));) {
    size_t found = 0;
    for (size_t k = 0; k < cli_option_count; k++)
      found += strcmp(cli_options[k].name, name) == 0;
    CHECKF(found == 1, "--%s is %zu times in the table", name, found);
  }
  for (size_t k = 0; k < cli_option_count; k++) {
    const CliOption *option = &cli_options[k];
    CHECKF((option->effect != CLI_IGNORED && option->effect != CLI_REFUSED) || option->note,
           "--%s has no note", option->name);
    CHECKF(option->effect == CLI_IGNORED || option->effect == CLI_REFUSED || option->text,
           "--%s has no text", option->name);
    CHECKF(strlen(option->name) < 64, "--%s", option->name);
  }
}

static void help_and_version(void) {
  static const char *const help[] = {"--help", "-h", "--he"}, *const version[] = {"--version",
                                                                                  "--vers"};
  for (int i = 0; i < 3; i++) {
    PARSE(p, "--save_png", help[i], "--nonsense");
    CHECK(p.parsed == CLI_HELP);
  }
  for (int i = 0; i < 2; i++) {
    PARSE(p, version[i]);
    CHECK(p.parsed == CLI_VERSION);
  }
  PARSE(ambiguous, "--ver");
  CHECK(ambiguous.parsed == CLI_WRONG);
}

static void info_takes_its_own(void) {
  CYTO_CLEANUP(parse_clear)
  Parse p = parse_for(CLI_INFO, ARGS("f.tif", "--axes", "ZYX", "--json", "--max-memory", "2G"));
  CHECK_PARSED(p);
  CHECK(p.settings.json && p.settings.max_memory == UINT64_C(2) << 30);
  CHECK_STR(p.settings.axes, "ZYX");
  CYTO_CLEANUP(parse_clear) Parse q = parse_for(CLI_INFO, ARGS("f.tif", "--save_png"));
  CHECK_STR(q.error.text, "--save_png belongs to another command; see: cytoscribe help");
}

static void sizes(void) {
  static const struct {
    const char *text;
    uint64_t bytes;
  } good[] = {{"4G", UINT64_C(4) << 30},    {"800000", 800000}, {"512m", 512 << 20},
              {"1.5GB", UINT64_C(3) << 29}, {"64KiB", 65536},   {"100B", 100},
              {"2T", UINT64_C(2) << 40}};
  static const char *const bad[] = {"",    "G",   "0",         "-1G",  "4X",  "4GG",
                                    "1e9", "4G ", "99999999T", "1,5G", "4Gi2"};
  uint64_t bytes = 0;
  for (size_t i = 0; i < sizeof good / sizeof good[0]; i++)
    CHECKF(cli_parse_size(good[i].text, &bytes) && bytes == good[i].bytes, "%s = %llu",
           good[i].text, (unsigned long long)bytes);
  for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
    CHECKF(!cli_parse_size(bad[i], &bytes), "%s", bad[i]);
}

static void engine_options(void) {
  CytoSegment o;
  PARSE(p, "--chan", "2", "--chan2", "3", "--no_resample", "--resample", "--no_interp", "--invert",
        "--norm_percentile", "3", "98", "--flow_threshold", "-1", "--mask_threshold", "-2");
  CHECK_PARSED(p);
  cli_segment_options(&p.settings, &o);
  CHECK(o.channels.segment == 2 && o.channels.nucleus == 3 && o.resample && !o.interpolate);
  CHECK(o.normalize.invert && o.normalize.on && o.normalize.percentile_low == 3);
  CHECK(o.normalize.percentile_high == 98 && o.flow_threshold == 0 && o.cellprob_threshold == -2);
  PARSE(q, "--fast_mode", "--chan2", "1", "--no_norm", "--max_size", "900");
  cli_segment_options(&q.settings, &o);
  CHECK(!o.resample && !o.normalize.on && o.channels.nucleus == 0 && o.max_size == 900);
  CHECK(!o.normalize.has_range && o.block == 224 && o.tile_overlap == 0.1);
}

/* Printed, split by the shell's rules for what is printed here, and parsed: the same settings. */
static void command_round_trip(void) {
  PARSE(p, "--chan=2", "--save-png", "--savedir", "it's here", "--norm_percentile", "2", "99",
        "--cellprob_threshold", "-1.5", "--max-memory", "1K", "--channel_axis", "-1", "-f 1.tif");
  CHECK_PARSED(p);
  CYTO_CLEANUP(cyto_str_clear) CytoStr out = {0};
  cli_command_line(&p.settings, &out);
  REQUIRE(out.text);
  CHECK_STR(out.text, "cytoscribe segment --channel_axis -1 --chan 2 --cellprob_threshold -1.5 "
                      "--norm_percentile 2 99 --save_png --savedir='it'\\''s here' "
                      "--max_memory 1024 -- '-f 1.tif'");
  PARSE(empty, "--dir", "D");
  CYTO_CLEANUP(cyto_str_clear) CytoStr plain = {0};
  cli_command_line(&empty.settings, &plain);
  CHECK_STR(plain.text, "cytoscribe segment --dir=D");
}

static void help_fits_and_names_all(void) {
  CYTO_CLEANUP(cyto_str_clear) CytoStr help = {0};
  cli_help_overview(&help);
  cyto_str_add(&help, "\n");
  for (const CliCommand *c = cli_commands; c->name; c++)
    cli_help_command(c, &help);
  REQUIRE(help.text && !help.failed);
  for (size_t k = 0; k < cli_option_count; k++) {
    char flag[80];
    snprintf(flag, sizeof flag, "--%s", cli_options[k].name);
    CHECKF(strstr(help.text, flag), "%s is not in the help", flag);
  }
  for (const char *line = help.text; *line; line += strcspn(line, "\n") + 1) {
    size_t n = strcspn(line, "\n");
    CHECKF(n <= 80, "%zu columns: %.*s", n, (int)n, line);
    CHECKF(n == 0 || line[n - 1] != ' ', "blank at the end: %.*s", (int)n, line);
  }
  CYTO_CLEANUP(cyto_str_clear) CytoStr man = {0};
  cli_manpage(&man);
  CHECK(man.text && strstr(man.text, "\\-\\-diameter") && strstr(man.text, ".SH EXIT STATUS"));
}

int main(void) {
  return check_main((CheckTest[]){TEST(defaults_are_cellposes),
                                  TEST(cellposes_own_call),
                                  TEST(every_spelling),
                                  TEST(values_that_look_like_options),
                                  TEST(pairs_and_order),
                                  TEST(wrong_calls),
                                  TEST(flags_without_effect),
                                  TEST(flags_of_training),
                                  TEST(every_flag_of_every_version),
                                  TEST(help_and_version),
                                  TEST(info_takes_its_own),
                                  TEST(sizes),
                                  TEST(engine_options),
                                  TEST(command_round_trip),
                                  TEST(help_fits_and_names_all),
                                  {0}});
}
