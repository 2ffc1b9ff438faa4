/* Runs `serving_default` of an exported generator by TensorFlow's C API alone,
 * whose loader of SavedModels is the one that TensorFlow Serving builds on.
 *
 *   runtimes FOLDER ROWS SIZE OPERATION FILE ... OUTPUT INDEX FILE
 *
 * ROWS is the batch, SIZE the number of values of an image. Each OPERATION is
 * a placeholder that is fed from a FILE: of floats of the size of all latents,
 * or of int32 labels, told apart by the operation's own type.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tensorflow/c/c_api.h"

static void require(int holds, const char* what) {
  if (!holds) {
    fprintf(stderr, "%s\n", what);
    exit(1);
  }
}

static TF_Tensor* read_tensor(TF_Operation* operation, const char* path,
                              int64_t rows) {
  FILE* file = fopen(path, "rb");
  require(file != NULL, path);
  fseek(file, 0, SEEK_END);
  const size_t bytes = ftell(file);
  rewind(file);
  const TF_DataType type = TF_OperationOutputType((TF_Output){operation, 0});
  const int64_t columns = bytes / TF_DataTypeSize(type) / rows;
  const int64_t shape[] = {rows, columns};
  TF_Tensor* tensor =
      TF_AllocateTensor(type, shape, type == TF_INT32 ? 1 : 2, bytes);
  require(fread(TF_TensorData(tensor), 1, bytes, file) == bytes, path);
  fclose(file);
  return tensor;
}

int main(int count, char** arguments) {
  TF_Status* status = TF_NewStatus();
  TF_Graph* graph = TF_NewGraph();
  TF_SessionOptions* options = TF_NewSessionOptions();
  const char* tags[] = {"serve"};
  TF_Session* session = TF_LoadSessionFromSavedModel(
      options, NULL, arguments[1], tags, 1, graph, NULL, status);
  require(TF_GetCode(status) == TF_OK, TF_Message(status));

  const int64_t rows = atoll(arguments[2]);
  const size_t size = atoll(arguments[3]);
  TF_Output inputs[2];
  TF_Tensor* values[2];
  int number = 0;
  int next = 4;
  for (; next + 3 < count; next += 2, ++number) {
    TF_Operation* operation =
        TF_GraphOperationByName(graph, arguments[next]);
    require(number < 2 && operation != NULL, arguments[next]);
    inputs[number] = (TF_Output){operation, 0};
    values[number] = read_tensor(operation, arguments[next + 1], rows);
  }
  TF_Output output = {TF_GraphOperationByName(graph, arguments[next]),
                      atoi(arguments[next + 1])};
  require(output.oper != NULL, arguments[next]);
  TF_Tensor* images = NULL;
  TF_SessionRun(session, NULL, inputs, values, number, &output, &images, 1,
                NULL, 0, NULL, status);
  require(TF_GetCode(status) == TF_OK, TF_Message(status));
  require(TF_TensorByteSize(images) == rows * size * sizeof(float),
          "another size of images");

  FILE* file = fopen(arguments[next + 2], "wb");
  require(file != NULL, arguments[next + 2]);
  fwrite(TF_TensorData(images), 1, TF_TensorByteSize(images), file);
  fclose(file);
  TF_DeleteTensor(images);
  for (int i = 0; i < number; ++i) TF_DeleteTensor(values[i]);
  TF_CloseSession(session, status);
  TF_DeleteSession(session, status);
  TF_DeleteSessionOptions(options);
  TF_DeleteGraph(graph);
  TF_DeleteStatus(status);
  return 0;
}
