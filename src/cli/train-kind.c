/* Which kind of network is trained. */
#include "terminal.h"
#include "train-private.h"
#include <string.h>

bool cli_train_kind(CliTraining *t, CytoError *err) {
  const CliSettings *s = t->settings;
  t->kind = CYTO_NET_OTHER;
  if (s->net) {
    t->kind = cyto_net_named(s->net);
    return t->kind != CYTO_NET_OTHER ||
           cyto_fail(err, CYTO_ERROR_ARGUMENT,
                     "--net expects cellpose, unet2, unet3 or semantic, found \"%.100s\"", s->net);
  }
  if (!s->unet)
    return true;
  t->kind = s->nclasses == 2 ? CYTO_NET_UNET2 : CYTO_NET_UNET3;
  return s->nclasses == 2 || s->nclasses == 3 ||
         cyto_fail(err, CYTO_ERROR_ARGUMENT, "--nclasses expects 2 or 3, found %lld",
                   (long long)s->nclasses);
}

static bool is_basic(CytoNetKind kind) {
  return kind == CYTO_NET_UNET2 || kind == CYTO_NET_UNET3 || kind == CYTO_NET_SEMANTIC;
}

static size_t outputs(CytoNetKind kind) {
  return kind == CYTO_NET_SEMANTIC ? 1 : kind == CYTO_NET_UNET2 ? 2 : 3;
}

static bool from_none(const char *name) {
  static const char *const none[] = {"", "None", "False", "0", "scratch"};
  for (size_t i = 0; i < sizeof none / sizeof none[0]; i++)
    if (strcmp(name, none[i]) == 0)
      return true;
  return false;
}

bool cli_train_from_nothing(const CliTraining *t) {
  const CliSettings *s = t->settings;
  return from_none(s->pretrained_model) ||
         (is_basic(t->kind) && !cli_given(s, "pretrained_model") && !s->resume);
}

bool cli_train_fit(CliTraining *t, const char *model, CytoError *err) {
  CytoLayout layout;
  if (!cyto_weights_layout(t->start, &layout, err))
    return false;
  CytoNetKind found = cyto_layout_kind(&layout);
  if (t->kind == CYTO_NET_OTHER)
    t->kind = found != CYTO_NET_OTHER ? found : layout.basic ? CYTO_NET_UNET3 : CYTO_NET_CELLPOSE;
  if (is_basic(t->kind) != (layout.basic != 0))
    return cyto_fail(err, CYTO_ERROR_ARGUMENT,
                     "--net %s: the model %s is %s and cannot become one; begin with a model of "
                     "that kind, or with nothing: --pretrained_model None",
                     cyto_net_name(t->kind), model,
                     layout.basic ? "a U-Net without flows" : "a network with flows");
  return t->size_only || cyto_train_with_head(&t->start, outputs(t->kind), t->options.seed, err);
}

bool cli_train_hold(CliTraining *t, CytoError *err) {
  enum { EVERY = 8 };
  if (!is_basic(t->kind) || t->size_only)
    return true;
  if (!cyto_train_set_hold_every(&t->set, EVERY, &t->test, err))
    return false;
  if (t->test.count == 0 && !t->settings->quiet)
    cli_say("one image alone: there is none to test with, so %s",
            t->kind == CYTO_NET_SEMANTIC ? "training goes on to its last epoch"
                                         : "the thresholds stay as they are");
  return true;
}
