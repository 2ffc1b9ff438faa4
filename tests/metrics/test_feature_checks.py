import numpy as np
import pytest

from keras_gan_zoo.metrics.feature_checks import require_features


@pytest.mark.parametrize("dtype", ["float16", "float32", "float64", "uint8"])
def test_features_of_any_real_dtype_pass(dtype):
    require_features(np.ones((3, 2), dtype), np.ones((4, 2), dtype))


@pytest.mark.parametrize("shape", [(3,), (0, 2), (3, 0), (3, 2, 2)])
def test_other_shapes_are_refused(shape):
    with pytest.raises(ValueError, match=r"\(samples, dimensions\).*Flatten"):
        require_features(np.ones((3, 2)), np.ones(shape))


def test_other_spaces_are_refused():
    with pytest.raises(ValueError, match=r"\(3, 2\) and shape \(3, 4\)"):
        require_features(np.ones((3, 2)), np.ones((3, 4)))


@pytest.mark.parametrize("dtype", ["complex64", "bool", "object", "U1"])
def test_other_dtypes_are_refused(dtype):
    with pytest.raises(ValueError, match="real numbers.*Convert"):
        require_features(np.ones((3, 2), dtype))


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
@pytest.mark.parametrize("dtype", ["float16", "float32", "float64"])
def test_one_value_that_is_not_finite_is_found(value, dtype):
    features = np.zeros((50, 4), dtype)
    features[37, 2] = value
    with pytest.raises(ValueError, match="must be finite.*diverged"):
        require_features(np.zeros((9, 4)), features)
