"""Checks of what users pass in: what was expected, received, and the mend."""

from keras_gan_zoo.checks.calls import (
    check_class_names,
    check_data_arguments,
    check_labels_to_generate,
    check_metrics,
    check_optimizers,
    require_variables,
)
from keras_gan_zoo.checks.data import (
    KERAS_BATCH_SIZE,
    are_arrays,
    batch_sizes,
    check_labels,
    check_length,
    first_batch,
    first_input_shape,
    may_end_in_partial_batch,
    require_labels,
    samples_and_labels,
    with_known_shape,
)
from keras_gan_zoo.checks.encoders import (
    require_decoder,
    require_encoder,
    require_joint_discriminator,
    require_logits,
)
from keras_gan_zoo.checks.images import check_images
from keras_gan_zoo.checks.networks import (
    require_built,
    require_class_logits,
    require_latent_size,
    require_latents,
    require_match,
    require_num_classes,
    require_order,
    require_outputs,
    require_reach,
    require_samples,
)
