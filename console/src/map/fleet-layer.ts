// A layer of the map that draws all units in one call, each with the picture of its service and state. When they are
// too many to tell apart they are dots of their state's colour, under the numbers of those that stand together.
import type { CustomLayerInterface, CustomRenderMethodInput, Map as MapLibre } from 'maplibre-gl';
import { Packed, SERVICES, STATES, STRIDE } from './fleet';
import { drawUnit, UNIT_COLOURS, UNIT_SIZE } from './icons';

const VERTEX = `#version 300 es
in vec2 place;
in float picture;
in float old;
uniform mat4 matrix;
uniform float size;
out vec2 cell;
out float alpha;
flat out int state;
void main() {
  gl_Position = matrix * vec4(place, 0.0, 1.0);
  gl_PointSize = size;
  float row = mod(picture, ${STATES.length}.0);
  cell = vec2((picture - row) / ${STATES.length}.0, row);
  state = int(row);
  alpha = old > 0.5 ? 0.45 : 1.0;
}`;

const FRAGMENT = `#version 300 es
precision mediump float;
in vec2 cell;
in float alpha;
flat in int state;
uniform sampler2D pictures;
uniform vec3 colours[${STATES.length}];
uniform bool dots;
out vec4 colour;
void main() {
  if (dots) {
    if (distance(gl_PointCoord, vec2(0.5)) > 0.5) discard;
    colour = vec4(colours[state], 1.0) * 0.75 * alpha;
  } else {
    colour = texture(pictures, (cell + gl_PointCoord) / vec2(${SERVICES.length}.0, ${STATES.length}.0)) * alpha;
  }
}`;

/** More than these in view are dots. */
export const MOST_PICTURES = 1_500;

export class FleetLayer implements CustomLayerInterface {
  readonly id = 'units';
  readonly type = 'custom' as const;
  readonly renderingMode = '2d' as const;
  dots = false;
  #packed: Packed | null = null;
  #stale = true;
  #map: MapLibre | null = null;
  #program: WebGLProgram | null = null;
  #buffer: WebGLBuffer | null = null;
  #array: WebGLVertexArrayObject | null = null;
  #texture: WebGLTexture | null = null;

  show(packed: Packed): void {
    this.#packed = packed;
    this.#stale = true;
    this.#map?.triggerRepaint();
  }

  onAdd(map: MapLibre, gl: WebGL2RenderingContext): void {
    this.#map = map;
    this.#program = linked(gl);
    this.#buffer = gl.createBuffer();
    this.#array = gl.createVertexArray();
    gl.bindVertexArray(this.#array);
    gl.bindBuffer(gl.ARRAY_BUFFER, this.#buffer);
    for (const [name, size, from] of [['place', 2, 0], ['picture', 1, 2], ['old', 1, 3]] as const) {
      const at = gl.getAttribLocation(this.#program, name);
      gl.enableVertexAttribArray(at);
      gl.vertexAttribPointer(at, size, gl.FLOAT, false, STRIDE * 4, from * 4);
    }
    gl.bindVertexArray(null);
    this.#texture = gl.createTexture();
    void pictures().then((canvas) => {
      if (this.#map === null) return;
      gl.bindTexture(gl.TEXTURE_2D, this.#texture);
      gl.pixelStorei(gl.UNPACK_PREMULTIPLY_ALPHA_WEBGL, true);
      gl.texImage2D(gl.TEXTURE_2D, 0, gl.RGBA, gl.RGBA, gl.UNSIGNED_BYTE, canvas);
      gl.texParameteri(gl.TEXTURE_2D, gl.TEXTURE_MIN_FILTER, gl.LINEAR);
      gl.texParameteri(gl.TEXTURE_2D, gl.TEXTURE_WRAP_S, gl.CLAMP_TO_EDGE);
      gl.texParameteri(gl.TEXTURE_2D, gl.TEXTURE_WRAP_T, gl.CLAMP_TO_EDGE);
      this.#map.triggerRepaint();
    });
  }

  onRemove(_map: MapLibre, gl: WebGL2RenderingContext): void {
    this.#map = null;
    gl.deleteProgram(this.#program);
    gl.deleteBuffer(this.#buffer);
    gl.deleteVertexArray(this.#array);
    gl.deleteTexture(this.#texture);
  }

  render(gl: WebGL2RenderingContext | WebGLRenderingContext, input: CustomRenderMethodInput): void {
    const packed = this.#packed;
    if (packed === null || packed.units.length === 0 || this.#program === null || !(gl instanceof WebGL2RenderingContext)) return;
    gl.useProgram(this.#program);
    gl.bindVertexArray(this.#array);
    if (this.#stale) {
      gl.bindBuffer(gl.ARRAY_BUFFER, this.#buffer);
      gl.bufferData(gl.ARRAY_BUFFER, packed.numbers, gl.DYNAMIC_DRAW);
      this.#stale = false;
    }
    const zoom = this.#map?.getZoom() ?? 0;
    const size = this.dots ? Math.min(6, Math.max(2.5, zoom / 2.5)) : UNIT_SIZE * Math.min(1.1, Math.max(0.55, 0.55 + (zoom - 7) * 0.08));
    gl.uniformMatrix4fv(gl.getUniformLocation(this.#program, 'matrix'), false, moved(input.defaultProjectionData.mainMatrix, packed.origin));
    gl.uniform1f(gl.getUniformLocation(this.#program, 'size'), size * devicePixelRatio);
    gl.uniform1i(gl.getUniformLocation(this.#program, 'dots'), this.dots ? 1 : 0);
    gl.uniform3fv(gl.getUniformLocation(this.#program, 'colours'), STATES.flatMap((state) => rgb(UNIT_COLOURS[state])));
    gl.activeTexture(gl.TEXTURE0);
    gl.bindTexture(gl.TEXTURE_2D, this.#texture);
    gl.uniform1i(gl.getUniformLocation(this.#program, 'pictures'), 0);
    gl.enable(gl.BLEND);
    gl.blendFunc(gl.ONE, gl.ONE_MINUS_SRC_ALPHA);
    gl.drawArrays(gl.POINTS, 0, packed.units.length);
    gl.bindVertexArray(null);
  }
}

/** The matrix for points that count from the origin: reckoned in double precision, before the card rounds. */
function moved(matrix: ArrayLike<number>, { x, y }: { x: number; y: number }): Float32Array {
  const made = Float32Array.from(matrix);
  for (let row = 0; row < 4; row++) made[12 + row] = matrix[row]! * x + matrix[4 + row]! * y + matrix[12 + row]!;
  return made;
}

function linked(gl: WebGL2RenderingContext): WebGLProgram {
  const program = gl.createProgram();
  for (const [kind, text] of [[gl.VERTEX_SHADER, VERTEX], [gl.FRAGMENT_SHADER, FRAGMENT]] as const) {
    const shader = gl.createShader(kind)!;
    gl.shaderSource(shader, text);
    gl.compileShader(shader);
    gl.attachShader(program, shader);
  }
  gl.linkProgram(program);
  if (!gl.getProgramParameter(program, gl.LINK_STATUS)) throw new Error(`units cannot be drawn: ${gl.getProgramInfoLog(program)}`);
  return program;
}

/** All pictures beside one another: services across, states down. */
async function pictures(): Promise<HTMLCanvasElement> {
  const side = UNIT_SIZE * 2;
  const canvas = document.createElement('canvas');
  canvas.width = side * SERVICES.length;
  canvas.height = side * STATES.length;
  const to = canvas.getContext('2d')!;
  for (const [column, service] of SERVICES.entries()) {
    for (const [row, state] of STATES.entries()) {
      const image = await drawUnit(service, state);
      to.putImageData(image, column * side, row * side);
    }
  }
  return canvas;
}

const rgb = (hex: string) => [1, 3, 5].map((from) => parseInt(hex.slice(from, from + 2), 16) / 255);
