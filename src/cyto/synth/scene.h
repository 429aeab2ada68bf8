/* Inside the generator: one image on its way from nothing to pixels. Bodies are placed and painted
 * as labels (place.c, body.c, grow.c), the labels are made sound (tidy.c) and measured (measure.c),
 * one of the looks turns them into light, and the camera (camera.c) takes the picture. */
#pragma once
#include "../base/mem.h"
#include "random.h"
#include "synth.h"

/* A point of a limb: where, relative to the middle of the body, and how thick. */
typedef struct SynthJoint {
  double y, x, radius;
} SynthJoint;

enum { SYNTH_ARMS = 6, SYNTH_WAVES = 6 };

/* An ellipse with a wavy rim and arms of two straight pieces. */
typedef struct SynthBody {
  double y, x, long_axis, short_axis, cosine, sine;
  double wave[SYNTH_WAVES]; /* harmonics 2, 3, 4 of the radius */
  double square;            /* 2 = ellipse, above: towards a box */
  unsigned arms;
  SynthJoint arm[SYNTH_ARMS][3]; /* base, elbow, tip */
  double reach;                  /* nothing of it lies farther from the middle */
} SynthBody;

/* How bodies lie in the field; drawn per image by the kind. */
typedef struct SynthLayout {
  double cover;      /* share of the field that bodies take, about */
  double spread;     /* of the sizes, as sigma of their logarithm */
  double room;       /* least distance of two middles in units of both radii */
  double stretch[2]; /* long over short axis, from and to */
  double wave;       /* of the rim */
  double warp;       /* how ragged rims are, in diameters */
  unsigned arms[2];
  double arm_length; /* in diameters */
  double align;      /* 0..1: neighbours point the same way */
  double colony;     /* 0 = everywhere .. 1 = in a few colonies */
  double limit;      /* a pixel belongs to the nearest body up to this depth; 1 = its rim */
  double square;
  bool on_top; /* later bodies hide earlier ones */
  bool gaps;   /* a line of background between touching cells */
} SynthLayout;

/* What is known of a finished cell. */
typedef struct SynthCell {
  double y, x;         /* middle */
  double top;          /* largest distance from its border */
  double cosine, sine; /* long axis */
  double area;
  double light;  /* brightness, about 1 */
  uint64_t seed; /* of its own texture */
  uint32_t body; /* index of the body it came from */
} SynthCell;

/* Box of a real nucleus in the source; ends excluded. */
typedef struct SynthSprite {
  uint32_t label, y0, x0, y1, x1;
  size_t area;
} SynthSprite;

typedef struct SynthScene {
  size_t ny, nx, n;
  const CytoSynthNuclei *source; /* or NULL */
  size_t sprites;
  SynthSprite *sprite;
  SynthRandom random;
  double diameter;
  uint32_t bodies;
  SynthBody *body;
  uint32_t count;
  SynthCell *cell; /* cell[k-1] of label k */
  uint32_t *labels, *nuclei;
  float *inside;       /* distance to the border of the own cell, 0.5 at its last pixels */
  float *outside;      /* in the background: distance to the next cell */
  float *from_nucleus; /* in cells with one: distance to it; else large */
  uint32_t *border;    /* index of the nearest border pixel */
  float *light;        /* the picture of the cells */
  float *stain;        /* the picture of the nuclei */
  float *scratch, *scratch2;
} SynthScene;

bool synth_scene_init(SynthScene *scene, const CytoSynthOptions *options, CytoError *err);
void synth_scene_clear(SynthScene *scene);

/* place.c, body.c, grow.c: bodies; labels from them, or grown around their nuclei. */
double synth_body_depth(const SynthBody *body, double y, double x); /* 0 middle, 1 rim */
bool synth_place(SynthScene *scene, const SynthLayout *layout, CytoError *err);
bool synth_paint(SynthScene *scene, const SynthLayout *layout, CytoError *err);
bool synth_grow(SynthScene *scene, const SynthLayout *layout, CytoError *err);

/* tidy.c: one connected part a label, no holes, nothing tiny, 1..count; cell[] with its body. */
bool synth_tidy(SynthScene *scene, bool gaps, CytoError *err);

/* measure.c: cells and the distance planes. distance.c: Euclidean distance to the nearest pixel
 * where source is set, and its index; 1e6 when there is none. */
bool synth_measure(SynthScene *scene, CytoError *err);
bool synth_nuclei_distance(SynthScene *scene, CytoError *err);
bool synth_distance(const uint8_t *source, size_t ny, size_t nx, float *distance, uint32_t *nearest,
                    CytoError *err);

/* nuclei.c: nuclei in the cells, or one a body where cells shall grow, and their stain. sprite.c: a
 * nucleus cut out of the source, turned and scaled to this diameter. */
void synth_add_nuclei(SynthScene *scene);
double synth_sow_nuclei(SynthScene *scene); /* their share of the diameter of the body */
bool synth_stain_nuclei(SynthScene *scene, CytoError *err);
bool synth_find_sprites(SynthScene *scene, CytoError *err);
void synth_stamp(SynthScene *scene, double y, double x, double diameter, uint32_t label, bool free);

/* blur.c: Gaussian, in place, edges repeated; scratch holds a plane. */
void synth_blur(float *plane, size_t ny, size_t nx, double sigma, float *scratch);

/* The looks: labels → light. */
bool synth_look_filled(SynthScene *scene, CytoError *err);
bool synth_look_membrane(SynthScene *scene, CytoError *err);
bool synth_look_textured(SynthScene *scene, CytoError *err);
bool synth_look_phase(SynthScene *scene, CytoError *err);
bool synth_look_brightfield(SynthScene *scene, CytoError *err);
bool synth_look_particles(SynthScene *scene, CytoError *err);

/* camera.c: light → 16 bits. Fluorescence: dark background, haze, bleed-through; transmitted: light
 * about 0.5. */
bool synth_camera_fluorescence(SynthScene *scene, CytoSynthImage *out, CytoError *err);
bool synth_camera_transmitted(SynthScene *scene, bool grainy, CytoSynthImage *out, CytoError *err);
bool synth_camera_nuclei(SynthScene *scene, CytoSynthImage *out, CytoError *err);
