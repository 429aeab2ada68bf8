/* Written by model-cards.py: never compiled, read by xgettext alone. */
/* TRANSLATORS: card of the model cyto */
N_("Whole cells; channel 1 the cell, channel 2 the nucleus (may be missing). Trained by the Cytoscribe authors.")
/* TRANSLATORS: card of the model cyto */
N_("usiigaci phase contrast T98G (MIT), EMPS electron-microscopy particles (MIT), ovule membranes (MIT), a few 2018 Data Science Bowl nuclei (CC0), 481 synthetic two-channel cells")
/* TRANSLATORS: card of the model cyto */
N_("continued from nuclei: 2100 steps of 8 crops of 128x128, AdamW, flips, rotation, scale")
/* TRANSLATORS: card of the model cyto */
N_("With the true diameters, on real whole-cell fluorescence that it has not seen (average precision at an overlap of 0.5):")
/* TRANSLATORS: card of the model cyto */
N_("images")
/* TRANSLATORS: card of the model cyto */
N_("AP50")
/* TRANSLATORS: card of the model cyto */
N_("all")
/* TRANSLATORS: card of the model cyto */
N_("filled cells")
/* TRANSLATORS: card of the model cyto */
N_("0.62 to 0.80")
/* TRANSLATORS: card of the model cyto */
N_("membranes")
/* TRANSLATORS: card of the model cyto */
N_("densely packed, textured cells")
/* TRANSLATORS: card of the model cyto */
N_("The size model is a first guess: median error 18 % on crops at random scale, before the second pass that measures the objects found.")
/* TRANSLATORS: card of the model cyto */
N_("Trained without hand-labelled whole-cell fluorescence: expect misses on membranes and on densely packed, textured cells. Not made for diagnosis.")
/* TRANSLATORS: card of the model nuclei */
N_("Cell nuclei in fluorescence, stained tissue and bright field; one grey channel. Trained by the Cytoscribe authors.")
/* TRANSLATORS: card of the model nuclei */
N_("2018 Data Science Bowl stage 1 with corrected masks (CC0); DAPI tissue sections at several magnifications (bitdepth, Apache-2.0)")
/* TRANSLATORS: card of the model nuclei */
N_("4400 steps, then 3100 more of 8 crops of 112x112, AdamW, flips, rotation, scale, contrast, gamma, noise, blur, 25 % inverted")
/* TRANSLATORS: card of the model nuclei */
N_("On 86 images it has not seen (average precision at an overlap of 0.5 and 0.75):")
/* TRANSLATORS: card of the model nuclei */
N_("number")
/* TRANSLATORS: card of the model nuclei */
N_("true diameter: AP50")
/* TRANSLATORS: card of the model nuclei */
N_("AP75")
/* TRANSLATORS: card of the model nuclei */
N_("estimated: AP50")
/* TRANSLATORS: card of the model nuclei */
N_("grey fluorescence")
/* TRANSLATORS: card of the model nuclei */
N_("tissue sections, DAPI")
/* TRANSLATORS: card of the model nuclei */
N_("stained tissue, RGB")
/* TRANSLATORS: card of the model nuclei */
N_("bright field")
/* TRANSLATORS: card of the model nuclei */
N_("The estimated diameter is 6.5 % off in the median (10.9 % in tissue sections).")
/* TRANSLATORS: card of the model nuclei */
N_("Outlines of nuclei in stained tissue and of crowded ones in sections are noticeably less exact than in fluorescence of single cells. Not made for diagnosis.")
