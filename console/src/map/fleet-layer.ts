// A layer of the map that draws units: those in view in one call, each with the picture of its service and state; when
// they are too many to tell apart, one picture of dots of their states' colours.
import type { CustomLayerInterface, CustomRenderMethodInput, Map as MapLibre } from 'maplibre-gl';
import { eastOf, PICTURES, southOf, STATES, STRIDE, TILE, type Box, type Packed } from './fleet';
import { paint, type Camera } from './fleet-dots';
import { drawUnit, UNIT_COLOURS, UNIT_SIZE } from './icons';

const PICTURES_VERTEX = `#version 300 es
in vec2 place;
in float picture;
in float old;
uniform mat4 matrix;
uniform float size;
out vec2 cell;
out float alpha;
void main() {
  gl_Position = matrix * vec4(place, 0.0, 1.0);
  gl_PointSize = size;
  float row = mod(picture, ${STATES.length}.0);
  cell = vec2((picture - row) / ${STATES.length}.0, row);
  alpha = old > 0.5 ? 0.45 : 1.0;
}`;

const PICTURES_FRAGMENT = `#version 300 es
precision mediump float;
in vec2 cell;
in float alpha;
uniform sampler2D pictures;
out vec4 colour;
void main() {
  colour = texture(pictures, (cell + gl_PointCoord) / vec2(${PICTURES.length}.0, ${STATES.length}.0)) * alpha;
}`;

const DOTS_VERTEX = `#version 300 es
in vec2 place;
in vec2 corner;
uniform mat4 matrix;
out highp vec2 at;
void main() {
  gl_Position = matrix * vec4(place, 0.0, 1.0);
  at = corner;
}`;

const DOTS_FRAGMENT = `#version 300 es
precision highp float;
precision highp usampler2D;
in vec2 at;
uniform usampler2D dots;
uniform vec4 colours[${STATES.length * 2 + 1}];
out vec4 colour;
void main() {
  colour = colours[texture(dots, at).r];
}`;

/** More than these in view are dots. */
export const MOST_PICTURES = 1_500;
/** Pictures are taken from a little around the view, so that half of one is seen at its edge. */
const EDGE = 20;

export class FleetLayer implements CustomLayerInterface {
  readonly id = 'units';
  readonly type = 'custom' as const;
  readonly renderingMode = '2d' as const;
  dots = false;
  #packed: Packed | null = null;
  /** What the buffers hold: nothing is sent to the card twice. */
  #sent = '';
  #version = 0;
  #count = 0;
  #map: MapLibre | null = null;
  #pictures: Drawing | null = null;
  #dots: Drawing | null = null;
  #symbols: WebGLTexture | null = null;
  #dotted: WebGLTexture | null = null;

  show(packed: Packed): void {
    this.#packed = packed;
    this.#version++;
    this.#map?.triggerRepaint();
  }

  onAdd(map: MapLibre, gl: WebGL2RenderingContext): void {
    this.#map = map;
    this.#pictures = new Drawing(gl, PICTURES_VERTEX, PICTURES_FRAGMENT, [['place', 2], ['picture', 1], ['old', 1]]);
    this.#dots = new Drawing(gl, DOTS_VERTEX, DOTS_FRAGMENT, [['place', 2], ['corner', 2]]);
    this.#symbols = gl.createTexture();
    this.#dotted = gl.createTexture();
    gl.bindTexture(gl.TEXTURE_2D, this.#dotted);
    for (const [name, value] of [[gl.TEXTURE_MIN_FILTER, gl.NEAREST], [gl.TEXTURE_MAG_FILTER, gl.NEAREST], [gl.TEXTURE_WRAP_S, gl.CLAMP_TO_EDGE], [gl.TEXTURE_WRAP_T, gl.CLAMP_TO_EDGE]] as const) gl.texParameteri(gl.TEXTURE_2D, name, value);
    this.#dots.use(gl);
    // Colours are as they are blended: with their own transparency in them.
    const faint = (strength: number) => STATES.flatMap((state) => [...rgb(UNIT_COLOURS[state]), 1].map((part) => part * strength));
    gl.uniform4fv(this.#dots.uniform('colours'), [0, 0, 0, 0, ...faint(0.85), ...faint(0.4)]);
    gl.bindVertexArray(null);
    gl.bindTexture(gl.TEXTURE_2D, this.#symbols);
    // The map keeps account of this setting: it is left as it was found.
    const found = gl.getParameter(gl.UNPACK_PREMULTIPLY_ALPHA_WEBGL) as boolean;
    gl.pixelStorei(gl.UNPACK_PREMULTIPLY_ALPHA_WEBGL, true);
    gl.texImage2D(gl.TEXTURE_2D, 0, gl.RGBA, gl.RGBA, gl.UNSIGNED_BYTE, pictures());
    gl.pixelStorei(gl.UNPACK_PREMULTIPLY_ALPHA_WEBGL, found);
    for (const [name, value] of [[gl.TEXTURE_MIN_FILTER, gl.LINEAR], [gl.TEXTURE_WRAP_S, gl.CLAMP_TO_EDGE], [gl.TEXTURE_WRAP_T, gl.CLAMP_TO_EDGE]] as const) gl.texParameteri(gl.TEXTURE_2D, name, value);
  }

  onRemove(_map: MapLibre, gl: WebGL2RenderingContext): void {
    this.#map = null;
    this.#pictures?.free(gl);
    this.#dots?.free(gl);
    gl.deleteTexture(this.#symbols);
    gl.deleteTexture(this.#dotted);
  }

  render(gl: WebGL2RenderingContext | WebGLRenderingContext, input: CustomRenderMethodInput): void {
    const packed = this.#packed;
    const camera = this.#camera();
    if (packed === null || packed.units.length === 0 || camera === null || !(gl instanceof WebGL2RenderingContext)) return;
    const drawing = this.dots ? this.#dots! : this.#pictures!;
    drawing.use(gl);
    gl.activeTexture(gl.TEXTURE0);
    gl.bindTexture(gl.TEXTURE_2D, this.dots ? this.#dotted : this.#symbols);
    const wanted = [this.#version, this.dots, ...Object.values(camera)].join();
    if (wanted !== this.#sent) {
      if (this.dots) this.#sendDots(gl, packed, camera);
      else this.#sendPictures(gl, packed, camera);
      this.#sent = wanted;
    }
    if (this.#count === 0) return gl.bindVertexArray(null);
    gl.uniformMatrix4fv(drawing.uniform('matrix'), false, moved(input.defaultProjectionData.mainMatrix, packed.origin));
    gl.enable(gl.BLEND);
    gl.blendFunc(gl.ONE, gl.ONE_MINUS_SRC_ALPHA);
    if (this.dots) {
      gl.drawArrays(gl.TRIANGLE_STRIP, 0, this.#count);
    } else {
      const size = UNIT_SIZE * Math.min(1.1, Math.max(0.55, 0.55 + (camera.zoom - 7) * 0.08));
      gl.uniform1f(drawing.uniform('size'), size * (this.#map?.getPixelRatio() ?? 1));
      gl.drawArrays(gl.POINTS, 0, this.#count);
    }
    gl.bindVertexArray(null);
  }

  #sendDots(gl: WebGL2RenderingContext, packed: Packed, camera: Camera): void {
    const { pixels, width, height, west, north, east, south } = paint(packed, camera);
    gl.pixelStorei(gl.UNPACK_ALIGNMENT, 1);
    gl.pixelStorei(gl.UNPACK_PREMULTIPLY_ALPHA_WEBGL, false);
    gl.texImage2D(gl.TEXTURE_2D, 0, gl.R8UI, width, height, 0, gl.RED_INTEGER, gl.UNSIGNED_BYTE, pixels);
    gl.pixelStorei(gl.UNPACK_ALIGNMENT, 4);
    this.#dots!.send(gl, new Float32Array([west, north, 0, 0, east, north, 1, 0, west, south, 0, 1, east, south, 1, 1]));
    this.#count = 4;
  }

  #sendPictures(gl: WebGL2RenderingContext, packed: Packed, camera: Camera): void {
    const numbers = packed.inside(around(this.#map!, camera));
    this.#pictures!.send(gl, numbers);
    this.#count = numbers.length / STRIDE;
  }

  #camera(): Camera | null {
    if (this.#map === null) return null;
    const { lng, lat } = this.#map.getCenter();
    const { clientWidth, clientHeight } = this.#map.getCanvas();
    return { x: eastOf(lng), y: southOf(lat), zoom: this.#map.getZoom(), width: clientWidth, height: clientHeight };
  }
}

/** A program with its buffer, of which every corner has these numbers. */
class Drawing {
  readonly #program: WebGLProgram;
  readonly #buffer: WebGLBuffer;
  readonly #array: WebGLVertexArrayObject;
  readonly #uniforms = new Map<string, WebGLUniformLocation | null>();

  constructor(gl: WebGL2RenderingContext, vertex: string, fragment: string, numbers: readonly (readonly [string, number])[]) {
    this.#program = linked(gl, vertex, fragment);
    this.#buffer = gl.createBuffer();
    this.#array = gl.createVertexArray();
    gl.bindVertexArray(this.#array);
    gl.bindBuffer(gl.ARRAY_BUFFER, this.#buffer);
    const stride = numbers.reduce((sum, [, size]) => sum + size, 0) * 4;
    let from = 0;
    for (const [name, size] of numbers) {
      const at = gl.getAttribLocation(this.#program, name);
      gl.enableVertexAttribArray(at);
      gl.vertexAttribPointer(at, size, gl.FLOAT, false, stride, from);
      from += size * 4;
    }
    gl.bindVertexArray(null);
    const count = gl.getProgramParameter(this.#program, gl.ACTIVE_UNIFORMS) as number;
    for (let nth = 0; nth < count; nth++) {
      const name = gl.getActiveUniform(this.#program, nth)!.name.replace('[0]', '');
      this.#uniforms.set(name, gl.getUniformLocation(this.#program, name));
    }
  }

  use(gl: WebGL2RenderingContext): void {
    gl.useProgram(this.#program);
    gl.bindVertexArray(this.#array);
  }

  uniform(name: string): WebGLUniformLocation | null {
    return this.#uniforms.get(name) ?? null;
  }

  send(gl: WebGL2RenderingContext, numbers: Float32Array<ArrayBuffer>): void {
    gl.bindBuffer(gl.ARRAY_BUFFER, this.#buffer);
    gl.bufferData(gl.ARRAY_BUFFER, numbers, gl.DYNAMIC_DRAW);
  }

  free(gl: WebGL2RenderingContext): void {
    gl.deleteProgram(this.#program);
    gl.deleteBuffer(this.#buffer);
    gl.deleteVertexArray(this.#array);
  }
}

/** The view and a little more. */
function around(map: MapLibre, { zoom }: Camera): Box {
  const bounds = map.getBounds();
  const edge = (EDGE / (TILE * 2 ** zoom)) * 360;
  return { west: bounds.getWest() - edge, south: bounds.getSouth() - edge, east: bounds.getEast() + edge, north: bounds.getNorth() + edge };
}

/** The matrix for points that count from the origin: reckoned in double precision, before the card rounds. */
function moved(matrix: ArrayLike<number>, { x, y }: { x: number; y: number }): Float32Array {
  const made = Float32Array.from(matrix);
  for (let row = 0; row < 4; row++) made[12 + row] = matrix[row]! * x + matrix[4 + row]! * y + matrix[12 + row]!;
  return made;
}

function linked(gl: WebGL2RenderingContext, vertex: string, fragment: string): WebGLProgram {
  const program = gl.createProgram();
  for (const [kind, text] of [[gl.VERTEX_SHADER, vertex], [gl.FRAGMENT_SHADER, fragment]] as const) {
    const shader = gl.createShader(kind)!;
    gl.shaderSource(shader, text);
    gl.compileShader(shader);
    gl.attachShader(program, shader);
  }
  gl.linkProgram(program);
  if (!gl.getProgramParameter(program, gl.LINK_STATUS)) throw new Error(`units cannot be drawn: ${gl.getProgramInfoLog(program)}`);
  return program;
}

/** All pictures beside one another: what units go by across, states down. */
function pictures(): HTMLCanvasElement {
  const side = UNIT_SIZE * 2;
  const canvas = document.createElement('canvas');
  canvas.width = side * PICTURES.length;
  canvas.height = side * STATES.length;
  const to = canvas.getContext('2d')!;
  for (const [column, name] of PICTURES.entries()) {
    for (const [row, state] of STATES.entries()) {
      to.putImageData(drawUnit(name, state), column * side, row * side);
    }
  }
  return canvas;
}

const rgb = (hex: string) => [1, 3, 5].map((from) => parseInt(hex.slice(from, from + 2), 16) / 255);
