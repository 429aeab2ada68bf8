#include "options.h"
#include <stddef.h>

/* Each row: name, where it goes, since which Cellpose (algorithm.md §13.2, 13.4), what the help
 * says. SEG = the segment command, BOTH = segment and info. */
#define AT(field) offsetof(CliSettings, field)
#define SEG CLI_SEGMENT
#define BOTH (CLI_SEGMENT | CLI_INFO)
#define WORK (CLI_SEGMENT | CLI_TRAIN)
#define ALL (CLI_SEGMENT | CLI_INFO | CLI_TRAIN)
#define FROM_V06 (CLI_V06 | CLI_V1 | CLI_V2 | CLI_V3 | CLI_V4)
#define FROM_V1 (CLI_V1 | CLI_V2 | CLI_V3 | CLI_V4)
#define FROM_V2 (CLI_V2 | CLI_V3 | CLI_V4)
#define FROM_V3 (CLI_V3 | CLI_V4)
#define UP_TO_V2 (CLI_V06 | CLI_V1 | CLI_V2)
#define UP_TO_V3 (CLI_V06 | CLI_V1 | CLI_V2 | CLI_V3)

#define FLAG(group, name, versions, commands, text)                                                \
  {                                                                                                \
#name, CLI_FLAG, CLI_SET, CLI_GROUP_##group, versions, commands, AT(name), NULL, 0, 0, NULL,   \
        text, NULL                                                                                 \
  }
#define VALUE(group, name, kind, versions, commands, fallback, low, high, value, text)             \
  {                                                                                                \
#name, kind, CLI_SET, CLI_GROUP_##group, versions, commands, AT(name), fallback, low, high,    \
        value, text, NULL                                                                          \
  }
#define TRAINED(name, kind, versions, fallback, low, high, value, text)                            \
  {                                                                                                \
#name, kind, CLI_SET, CLI_GROUP_TRAINING, versions, WORK, AT(name), fallback, low, high,       \
        value, text, TRAINS_ONLY                                                                   \
  }
#define OWN_TRAINED(name, kind, fallback, low, high, value, text)                                  \
  {                                                                                                \
#name, kind, CLI_SET, CLI_GROUP_TRAINING, CLI_OWN, CLI_TRAIN, AT(name), fallback, low, high,   \
        value, text, NULL                                                                          \
  }
#define IGNORED(name, kind, versions, fallback, note)                                              \
  { #name, kind, CLI_IGNORED, CLI_GROUP_QUIET, versions, SEG, 0, fallback, 0, 0, NULL, NULL, note }
#define SHOW(name, effect, versions, text)                                                         \
  { #name, CLI_FLAG, effect, CLI_GROUP_GENERAL, versions, ALL, 0, NULL, 0, 0, NULL, text, NULL }
#define REFUSED(name, kind, versions, fallback, note)                                              \
  { #name, kind, CLI_REFUSED, CLI_GROUP_LATER, versions, SEG, 0, fallback, 0, 0, NULL, NULL, note }

#define ON_CPU "ignored; Cytoscribe runs on the CPU"
#define TRAINS_ONLY "ignored; it matters to training alone"
#define VOLUMES "segmentation in three dimensions comes with a later version of Cytoscribe"
#define VOLUMES_ONLY                                                                               \
  "ignored; it matters to three dimensions alone, which come with a later version"
#define RESTORATION "image restoration comes with a later version of Cytoscribe"
#define OMNIPOSE_ONLY "ignored; it matters to Omnipose models alone"
#define ARCHITECTURE "ignored; the shape of the network is read from the model file"

const CliOption cli_options[] = {
    VALUE(IMAGES, dir, CLI_TEXT, FROM_V06, WORK, NULL, 0, 0, "FOLDER",
          "the images of this folder, in natural order (img2 before img10)"),
    VALUE(IMAGES, image_path, CLI_TEXT, FROM_V2, SEG, NULL, 0, 0, "FILE", "segment this one image"),
    FLAG(IMAGES, look_one_level_down, FROM_V1, WORK, "also the images in the folder's sub-folders"),
    VALUE(IMAGES, img_filter, CLI_TEXT, FROM_V06, WORK, "", 0, 0, "ENDING",
          "only images whose name, without extension, ends so"),
    VALUE(IMAGES, mask_filter, CLI_TEXT, FROM_V06, WORK, "_masks", 0, 0, "ENDING",
          "files whose name, without extension, ends so are masks; for training from the window's "
          "files: _seg.npy"),
    VALUE(IMAGES, axes, CLI_TEXT, CLI_OWN, ALL, NULL, 0, 0, "LETTERS",
          "order of the axes in the files, letters of TZCYX (S for RGB samples), e.g. ZCYX"),
    VALUE(IMAGES, channel_axis, CLI_INT, FROM_V1, ALL, NULL, -8, 8, "N",
          "axis of the file's array that holds the channels, from 0, or -1 for the last"),
    VALUE(IMAGES, z_axis, CLI_INT, FROM_V1, ALL, NULL, -8, 8, "N",
          "axis of the file's array that holds the planes; each plane is segmented alone"),

    VALUE(CHANNELS, chan, CLI_INT, FROM_V06, WORK, "0", 0, 1e6, "N",
          "channel to segment: 0 the mean of all, 1 red or first, 2 green or second, 3 blue ..."),
    VALUE(CHANNELS, chan2, CLI_INT, FROM_V06, WORK, "0", 0, 1e6, "N",
          "channel of the nuclei, to help with cells: 0 none, 1 red or first, 2 green ..."),
    FLAG(CHANNELS, all_channels, FROM_V06, WORK,
         "give the channels to the network as they are, for models trained that way"),

    VALUE(MODEL, pretrained_model, CLI_TEXT, FROM_V06, WORK, "cyto3", 0, 0, "NAME|FILE",
          "model to use, by name (see: cytoscribe models list) or file; where cyto3 is not "
          "installed the default is cyto"),
    FLAG(MODEL, net_avg, CLI_V2, SEG,
         "average the answers of four networks, where the model has four (slower)"),
    VALUE(MODEL, add_model, CLI_TEXT, FROM_V2, SEG, NULL, 0, 0, "FILE",
          "copy a model file to your models (the same as: cytoscribe models import)"),

    VALUE(SEGMENTATION, diameter, CLI_NUMBER, FROM_V06, SEG, "30", 0, 1e6, "PIXELS",
          "typical diameter of the objects; 0 = estimate it for each image"),
    FLAG(
        SEGMENTATION, true_diameter, CLI_OWN, SEG,
        "the diameter of each image is that of the masks beside it (<name>_masks or _seg.npy), for "
        "scores that do not depend on the estimate; --diameter where these are empty"),
    VALUE(SEGMENTATION, flow_threshold, CLI_NUMBER, FROM_V06, SEG, "0.4", 0, 0, "X",
          "largest flow error of an object; higher keeps more, 0 keeps all"),
    VALUE(SEGMENTATION, cellprob_threshold, CLI_NUMBER, FROM_V06, SEG, "0", 0, 0, "X",
          "pixels above this are cell, usually -6 to 6; lower gives more and larger objects"),
    VALUE(SEGMENTATION, min_size, CLI_INT, FROM_V2, SEG, "15", -1, 1e15, "PIXELS",
          "drop objects with fewer pixels; -1 keeps all"),
    VALUE(SEGMENTATION, max_size, CLI_INT, CLI_OWN, SEG, "0", 0, 1e15, "PIXELS",
          "drop objects with more pixels; 0 = no limit"),
    VALUE(SEGMENTATION, max_size_fraction, CLI_NUMBER, CLI_OWN, SEG, "0.4", 0, 1, "X",
          "drop objects that cover more than this part of the image"),
    FLAG(SEGMENTATION, exclude_on_edges, FROM_V1, SEG, "drop objects that touch the border"),
    VALUE(SEGMENTATION, niter, CLI_INT, FROM_V3, SEG, "0", 0, 1e6, "N",
          "steps that a pixel follows the flow; 0 = from the diameter; more for long objects"),
    FLAG(SEGMENTATION, no_resample, FROM_V1, SEG,
         "find objects at the network's scale: faster for large objects, coarser borders"),
    FLAG(SEGMENTATION, no_interp, UP_TO_V3, SEG, "follow the flow without interpolation"),
    FLAG(SEGMENTATION, augment, FROM_V3, SEG,
         "run the network on flipped tiles with more overlap and average (about 4 times slower)"),
    VALUE(SEGMENTATION, tile_overlap, CLI_NUMBER, CLI_OWN, SEG, "0.1", 0.05, 0.5, "X",
          "part of a tile shared with its neighbour"),

    FLAG(INTENSITY, invert, FROM_V1, WORK, "dark objects on a bright background: invert first"),
    FLAG(INTENSITY, no_norm, FROM_V2, WORK, "take the intensities as they are"),
    VALUE(INTENSITY, norm_percentile, CLI_PAIR, FROM_V3, WORK, "1 99", 0, 100, "LOW HIGH",
          "percentiles of each channel that become 0 and 1"),
    VALUE(INTENSITY, norm_range, CLI_PAIR, CLI_OWN, WORK, NULL, 0, 0, "LOW HIGH",
          "intensities that become 0 and 1, in place of percentiles"),
    VALUE(INTENSITY, sharpen_radius, CLI_NUMBER, CLI_OWN, WORK, "0", 0, 1e4, "PIXELS",
          "subtract a blurred copy of this radius first; 0 = off"),
    VALUE(INTENSITY, smooth_radius, CLI_NUMBER, CLI_OWN, WORK, "0", 0, 1e4, "PIXELS",
          "blur by this radius first; 0 = off"),
    VALUE(INTENSITY, tile_norm_blocksize, CLI_NUMBER, CLI_OWN, WORK, "0", 0, 1e6, "PIXELS",
          "normalise in blocks of this size, for uneven light; 0 = off"),

    FLAG(OUTPUT, save_png, FROM_V06, SEG,
         "masks as 16-bit PNG, _cp_masks.png (TIFF for stacks and above 65535 objects)"),
    FLAG(OUTPUT, save_tif, FROM_V06, SEG, "masks as TIFF, _cp_masks.tif"),
    FLAG(OUTPUT, save_rois, FROM_V3, SEG, "ImageJ regions of interest, _rois.zip"),
    FLAG(OUTPUT, save_txt, FROM_V1, SEG, "outlines as text, _cp_outlines.txt"),
    FLAG(OUTPUT, save_outlines, FROM_V1, SEG, "picture of the image with red outlines, PNG"),
    FLAG(OUTPUT, save_mpl, FROM_V3, SEG,
         "picture of image, outlines, masks and flows side by side, PNG"),
    FLAG(OUTPUT, save_flows, FROM_V1, SEG, "flows as TIFF: picture (_flows) and numbers (_dP)"),
    FLAG(OUTPUT, no_npy, FROM_V06, SEG, "do not write _seg.npy"),
    VALUE(OUTPUT, savedir, CLI_TEXT, FROM_V1, WORK, NULL, 0, 0, "FOLDER",
          "folder for the files, made if it is not there; _seg.npy and _rois.zip stay beside "
          "the image, as in Cellpose"),
    FLAG(OUTPUT, dir_above, FROM_V1, SEG, "write to the folder above the image's"),
    FLAG(OUTPUT, in_folders, FROM_V1, SEG,
         "sort the files into folders masks, outlines, txt_outlines and flows"),
    VALUE(OUTPUT, output_name, CLI_TEXT, FROM_V3, SEG, NULL, 0, 0, "ENDING",
          "ending of the names of masks, in place of _cp_masks"),

    {"train", CLI_FLAG, CLI_REFUSED, CLI_GROUP_TRAINING, FROM_V06, WORK, AT(train), NULL, 0, 0,
     NULL, "train; the command train does so without being told",
     "training is a command of its own: cytoscribe train ..., or cytoscribe --train ..."},
    {"train_size", CLI_FLAG, CLI_REFUSED, CLI_GROUP_TRAINING, UP_TO_V3, WORK, AT(train_size), NULL,
     0, 0, NULL,
     "train the size model too, for runs with --diameter 0; in a call without the command and "
     "without --train: of the model as it is",
     "training is a command of its own: cytoscribe train ..., or cytoscribe --train ..."},
    TRAINED(test_dir, CLI_TEXT, FROM_V06, NULL, 0, 0, "FOLDER",
            "images with masks that are not trained on but show how good the model is"),
    TRAINED(file_list, CLI_TEXT, FROM_V3, NULL, 0, 0, "FILE",
            "train on the images that a list names, with masks beside them: text with a name a "
            "line, or Cellpose's .npy (train_files, test_files, train_probs)"),
    OWN_TRAINED(hold_out, CLI_NUMBER, "0", 0, 0.9, "SHARE",
                "without --test_dir: keep this share of the images for tests, e.g. 0.1"),
    TRAINED(model_name_out, CLI_TEXT, FROM_V3, NULL, 0, 0, "NAME",
            "name of the model: the file models/NAME in the folder of the images, or in --savedir; "
            "a finished model of that name is kept as NAME.previous"),
    OWN_TRAINED(
        net, CLI_TEXT, NULL, 0, 0, "KIND",
        "kind of network: cellpose, or to compare with, U-Nets without flows: unet2 "
        "(background, cell), unet3 (and boundary), semantic (one probability). As the "
        "model to begin with if not given; a U-Net begins with nothing unless one is named"),
    TRAINED(unet, CLI_SWITCH, UP_TO_V2, "0", 0, 0, "0|1",
            "the same as --net unet3, or unet2 with "
            "--nclasses 2"),
    TRAINED(nclasses, CLI_INT, UP_TO_V2, "3", 0, 0, "2|3", "classes of a network of --unet"),
    OWN_TRAINED(dice, CLI_NUMBER, "0", 0, 100, "X",
                "--net semantic: weight of a Dice loss beside the cross entropy"),
    OWN_TRAINED(patience, CLI_INT, "0", 0, 1e7, "EPOCHS",
                "end when no test was better for so long; 0 = never, 50 for --net semantic if not "
                "given"),
    OWN_TRAINED(resume, CLI_TEXT, NULL, 0, 0, "FILE",
                "go on with the training of models/NAME or models/NAME.checkpoint, with the "
                "options it began with; those given again replace them"),
    TRAINED(n_epochs, CLI_INT, FROM_V06, "500", 1, 1e7, "N", "how often to go over the images"),
    OWN_TRAINED(time_limit, CLI_NUMBER, "0", 0, 1e6, "MINUTES",
                "stop after this time; the cosine schedule ends with it; 0 = no limit"),
    TRAINED(learning_rate, CLI_NUMBER, FROM_V06, "0.2", 0, 1e3, "X",
            "size of the steps; 0.0005 for AdamW if not given"),
    TRAINED(weight_decay, CLI_NUMBER, FROM_V2, "1e-5", 0, 1e3, "X", "pull of the weights to 0"),
    {"batch_size", CLI_INT, CLI_SET, CLI_GROUP_TRAINING, FROM_V06, WORK, AT(batch_size), "8", 1,
     1024, "N", "crops in a step",
     "ignored; how many tiles are worked on at a time follows --threads"},
    OWN_TRAINED(crop, CLI_INT, "224", 8, 2048, "PIXELS",
                "side of the crops; half as much takes a quarter of the time"),
    TRAINED(SGD, CLI_INT, FROM_V3, "1", 0, 1, "0|1", "1: SGD with momentum; 0: AdamW"),
    OWN_TRAINED(optimizer, CLI_TEXT, NULL, 0, 0, "sgd|adamw", "the same as --SGD 1 or 0"),
    OWN_TRAINED(schedule, CLI_TEXT, NULL, 0, 0, "cellpose|cosine",
                "how the rate changes: ten epochs up, then even, halved at the end of more than "
                "100; or a cosine. Cellpose's, but the cosine with --time_limit"),
    TRAINED(nimg_per_epoch, CLI_INT, FROM_V3, "0", 0, 1e9, "N",
            "images an epoch, drawn at random; 0 = each once"),
    TRAINED(nimg_test_per_epoch, CLI_INT, FROM_V3, "24", 0, 1e9, "N",
            "test images that are segmented in a test; 0 = all"),
    TRAINED(min_train_masks, CLI_INT, FROM_V1, "5", 0, 1e9, "N",
            "leave out images with fewer cells"),
    OWN_TRAINED(sample, CLI_TEXT, NULL, 0, 0, "NAME=X,...",
                "draw images of the folder NAME, or whose names begin so, X times as often"),
    OWN_TRAINED(seed, CLI_INT, "0", 0, 4294967295.0, "N",
                "another one gives other crops; the same one the same model"),
    OWN_TRAINED(no_rescale, CLI_FLAG, NULL, 0, 0, NULL,
                "do not bring the cells of all images to one size"),
    OWN_TRAINED(jitter, CLI_NUMBER, "0", 0, 1, "SHARE",
                "change brightness and contrast of crops by up to this share"),
    OWN_TRAINED(blur, CLI_NUMBER, "0", 0, 10, "PIXELS",
                "blur half of the crops by up to this radius"),
    OWN_TRAINED(invert_share, CLI_NUMBER, "0", 0, 1, "SHARE", "invert this share of the crops"),
    OWN_TRAINED(validate_every, CLI_INT, "10", 1, 1e7, "EPOCHS", "how often to test"),
    TRAINED(save_every, CLI_INT, FROM_V1, "100", 0, 1e7, "EPOCHS",
            "how often to write the model; 0 = at the end and with checkpoints"),
    TRAINED(save_each, CLI_FLAG, CLI_V1 | CLI_V2 | CLI_V4, NULL, 0, 0, NULL,
            "keep each of those, as NAME_epoch_0100"),
    OWN_TRAINED(checkpoint_every, CLI_NUMBER, "5", 0.001, 1e6, "MINUTES",
                "how often to keep what --resume needs"),
    TRAINED(diam_mean, CLI_NUMBER, CLI_V2 | CLI_V3, "30", 1, 1000, "PIXELS",
            "without a model to begin with: the diameter that cells are brought to"),
    OWN_TRAINED(
        nbase, CLI_TEXT, "2,32,64,128,256", 0, 0, "N,N,...",
        "without a model to begin with (--pretrained_model None): channels of the input and "
        "of each level"),
    OWN_TRAINED(no_flow_cache, CLI_FLAG, NULL, 0, 0, NULL,
                "neither read nor write flows beside the images (_flows.tif)"),
    OWN_TRAINED(export_torch, CLI_FLAG, NULL, 0, 0, NULL, "write NAME.pth for Cellpose as well"),

    VALUE(GENERAL, threads, CLI_INT, CLI_OWN, WORK, "0", 0, 1024, "N",
          "processors to use; 0 = all. The result is the same for any number"),
    VALUE(GENERAL, max_memory, CLI_SIZE, CLI_OWN, ALL, NULL, 0, 0, "SIZE",
          "memory that one image may take, e.g. 4G; three quarters of this machine's if not given"),
    FLAG(GENERAL, json, CLI_OWN, BOTH, "print the summary as JSON"),
    FLAG(GENERAL, quiet, CLI_OWN, WORK, "print errors alone"),
    FLAG(GENERAL, verbose, FROM_V1, WORK, "print what is done, with times"),
    SHOW(help, CLI_SHOW_HELP, FROM_V06, "print this help"),
    SHOW(version, CLI_SHOW_VERSION, FROM_V2, "print the version"),

    FLAG(OLDER, resample, CLI_V06, SEG, "what is done anyway unless --no_resample is given (0.6)"),
    FLAG(OLDER, fast_mode, UP_TO_V2, SEG, "the same as --no_resample --no_net_avg (0.6 to 2)"),
    FLAG(OLDER, no_net_avg, CLI_V1, SEG, "one network, which is the default here (1)"),
    {"mask_threshold", CLI_NUMBER, CLI_SET, CLI_GROUP_OLDER, CLI_V1, SEG, AT(cellprob_threshold),
     NULL, 0, 0, "X", "another name of --cellprob_threshold (1)", NULL},

    IGNORED(use_gpu, CLI_FLAG, FROM_V06, NULL, ON_CPU),
    IGNORED(gpu_device, CLI_TEXT, FROM_V2, "0", ON_CPU),
    IGNORED(check_mkl, CLI_FLAG, UP_TO_V3, NULL, "ignored; Cytoscribe does not use MKL"),
    IGNORED(mkldnn, CLI_FLAG, CLI_V06 | CLI_V1, NULL, "ignored; Cytoscribe does not use MKL"),
    IGNORED(mxnet, CLI_FLAG, CLI_V06 | CLI_V1, NULL,
            "ignored; Cytoscribe has its own network code"),
    IGNORED(testing, CLI_FLAG, CLI_V1, NULL, "ignored; nothing asks for confirmation here"),
    IGNORED(cluster, CLI_FLAG, CLI_V1, NULL, OMNIPOSE_ONLY),
    IGNORED(diam_threshold, CLI_NUMBER, CLI_V1, "12", OMNIPOSE_ONLY),
    IGNORED(residual_on, CLI_INT, UP_TO_V2, "1", ARCHITECTURE),
    IGNORED(style_on, CLI_INT, UP_TO_V2, "1", ARCHITECTURE),
    IGNORED(concatenation, CLI_INT, UP_TO_V2, "0", ARCHITECTURE),
    IGNORED(save_ncolor, CLI_FLAG, CLI_V1 | CLI_V2, NULL,
            "ignored; label images in a few colours are not written"),
    IGNORED(chan2_restore, CLI_FLAG, CLI_V3, NULL, "ignored; it goes with --restore_type alone"),
    IGNORED(anisotropy, CLI_NUMBER, FROM_V1, "1", VOLUMES_ONLY),
    IGNORED(flow3D_smooth, CLI_NUMBER, FROM_V3, "0", VOLUMES_ONLY),
    IGNORED(pretrained_model_ortho, CLI_TEXT, CLI_V3, NULL, VOLUMES_ONLY),
    IGNORED(train_batch_size, CLI_INT, CLI_V4, "1", "ignored; training takes --batch_size"),

    REFUSED(do_3D, CLI_FLAG, FROM_V06, NULL, VOLUMES),
    REFUSED(stitch_threshold, CLI_NUMBER, FROM_V1, "0", VOLUMES),
    REFUSED(Zstack, CLI_FLAG, FROM_V3, NULL, "the window comes with a later version of Cytoscribe"),
    REFUSED(restore_type, CLI_TEXT, CLI_V3, "None", RESTORATION),
    REFUSED(transformer, CLI_FLAG, CLI_V3, NULL,
            "transformer networks cannot be run; choose a convolutional model"),
    REFUSED(omni, CLI_FLAG, CLI_V1, NULL,
            "Omnipose models cannot be run; choose a Cellpose model of version 1 to 3"),
};
const size_t cli_option_count = sizeof cli_options / sizeof cli_options[0];
_Static_assert(sizeof cli_options / sizeof cli_options[0] <= 192, "CliSettings.given has 192 bits");
