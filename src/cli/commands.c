#include "commands.h"

const CliCommand cli_commands[] = {
    {"segment", cmd_segment, "segment [OPTION]... FILE|FOLDER...", "find the cells in images",
     "Images are worked on one after the other in natural order; one that fails does not stop the "
     "others. \"cytoscribe --dir FOLDER [OPTION]...\", Cellpose's call, does the same. A stack "
     "or series is segmented plane by plane.",
     CLI_SEGMENT, NULL},
    {"train", cmd_train, "train [OPTION]... FOLDER...", "teach a model with images and their masks",
     "Every image of the folders needs its masks beside it: <image>_masks.tif or .png, or the "
     "_seg.npy that the window saves. The model is written to models/ in the first folder, with a "
     "log (.csv); Ctrl-C keeps what was learned, and --resume goes on with it. \"cytoscribe "
     "--train "
     "--dir FOLDER [OPTION]...\", Cellpose's call, does the same.",
     CLI_TRAIN, NULL},
    {"info", cmd_info, "info [OPTION]... FILE...",
     "say what an image file holds and how it is understood",
     "Axes, sizes, type, range and percentiles of each channel, pixel size, and the memory that a "
     "segmentation takes.",
     CLI_INFO, NULL},
    {"models", cmd_models, "models list|info|import|export|remove|fetch ...",
     "see, bring in, convert and fetch models", NULL, 0, NULL},
    {"synth", cmd_synth, "synth FOLDER [OPTION]...",
     "make up images with exact masks, for training",
     "Cells of many looks, each image with <name>_masks beside it as Cellpose's training expects: "
     "red shows the cells and green their nuclei, which some images leave out (--chan 1 --chan2 "
     "2). "
     "The files are named <kind>_<number>; the folder may exist, the files may not.",
     0, cli_synth_args},
    {"eval", cmd_eval, "eval [OPTION]... TRUTH PREDICTION...", "score masks against true ones",
     "Files, or folders whose files are matched by name (<name>_masks.tif or .png, "
     "<name>_cp_masks, <name>_seg.npy, or the same name); several predictions are compared line "
     "by line. AP, precision, recall and F1 at any IoU, mean AP from 0.50 to 0.95, the aggregated "
     "Jaccard index, outlines, Dice of the foreground, errors of flows, counts and diameters. A "
     "stack is scored as one body. Exit code 1 when something could not be scored.",
     0, cli_eval_args},
    {"help", cmd_help, "help [COMMAND | --all | --man]",
     "print this help, that of a command, or the manual page as roff", NULL, 0, NULL},
    {NULL, NULL, NULL, NULL, NULL, 0, NULL},
};
