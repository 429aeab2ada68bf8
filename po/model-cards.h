/* Written by model-cards.py: never compiled, read by xgettext alone. */
/* TRANSLATORS: card of the model cyto */
N_("Whole cells; channel 1 the cell, channel 2 the nucleus (may be missing). Trained by the Cytoscribe authors.")
/* TRANSLATORS: card of the model cyto */
N_("usiigaci phase contrast T98G (MIT), EMPS electron-microscopy particles (MIT), ovule membranes (MIT), a few 2018 Data Science Bowl nuclei (CC0), 481 and then 980 more synthetic two-channel cells")
/* TRANSLATORS: card of the model cyto */
N_("continued from nuclei: 2100 steps, then 4000 more of 8 crops of 128x128, AdamW, flips, rotation, scale, contrast, gamma, noise, blur, 15 to 25 % inverted")
/* TRANSLATORS: card of the model cyto */
N_("On 145 images it has not seen (average precision at an overlap of 0.5 and 0.75):")
/* TRANSLATORS: card of the model cyto */
N_("images")
/* TRANSLATORS: card of the model cyto */
N_("number")
/* TRANSLATORS: card of the model cyto */
N_("true diameter: AP50")
/* TRANSLATORS: card of the model cyto */
N_("AP75")
/* TRANSLATORS: card of the model cyto */
N_("estimated: AP50")
/* TRANSLATORS: card of the model cyto */
N_("phase contrast")
/* TRANSLATORS: card of the model cyto */
N_("particles, electron microscopy")
/* TRANSLATORS: card of the model cyto */
N_("synthetic, filled cells")
/* TRANSLATORS: card of the model cyto */
N_("synthetic, textured cells")
/* TRANSLATORS: card of the model cyto */
N_("synthetic, epithelium")
/* TRANSLATORS: card of the model cyto */
N_("synthetic, membranes")
/* TRANSLATORS: card of the model cyto */
N_("synthetic, particles")
/* TRANSLATORS: card of the model cyto */
N_("synthetic, phase contrast")
/* TRANSLATORS: card of the model cyto */
N_("synthetic, bright field")
/* TRANSLATORS: card of the model cyto */
N_("The estimated diameter is 5.7 % off in the median (7.5 % in phase contrast).")
/* TRANSLATORS: card of the model cyto */
N_("Trained without hand-labelled whole-cell fluorescence, and not measured on any: expect more misses there than on synthetic images, most on membranes and on densely packed, textured cells.")
/* TRANSLATORS: card of the model cyto */
N_("Not made for diagnosis.")
/* TRANSLATORS: card of the model nuclei */
N_("Cell nuclei in fluorescence, stained tissue and bright field; one grey channel. Trained by the Cytoscribe authors.")
/* TRANSLATORS: card of the model nuclei */
N_("2018 Data Science Bowl stage 1 with corrected masks (CC0); DAPI tissue sections at several magnifications (bitdepth, Apache-2.0)")
/* TRANSLATORS: card of the model nuclei */
N_("4400 steps, then 3100, 9500 and 16800 more of 8 crops of 112x112, AdamW, flips, rotation, scale, contrast, gamma, noise, blur, 10 to 25 % inverted; the mean of the weights before and after the last")
/* TRANSLATORS: card of the model nuclei */
N_("On 86 images it has not seen (average precision at an overlap of 0.5 and 0.75):")
/* TRANSLATORS: card of the model nuclei */
N_("grey fluorescence")
/* TRANSLATORS: card of the model nuclei */
N_("tissue sections, DAPI")
/* TRANSLATORS: card of the model nuclei */
N_("stained tissue, RGB")
/* TRANSLATORS: card of the model nuclei */
N_("bright field")
/* TRANSLATORS: card of the model nuclei */
N_("all")
/* TRANSLATORS: card of the model nuclei */
N_("The estimated diameter is 5.9 % off in the median (8.1 % in tissue sections).")
/* TRANSLATORS: card of the model nuclei */
N_("Outlines of nuclei in stained tissue and of crowded ones in sections are noticeably less exact than in fluorescence of single cells. Not made for diagnosis.")
