// A screen for programs that want one: the X server without hardware, drawn on by the processor. Firefox gives WebGL on it
// and not without.
import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync } from 'node:fs';

const XVFB = process.env['HUB112_TEST_XVFB'] ?? '/usr/bin/Xvfb';
export const hasScreen = existsSync(XVFB);

export class Screen {
  readonly #server: ChildProcess;
  /** What a program is told in its environment. */
  readonly display: string;

  private constructor(server: ChildProcess, display: string) {
    this.#server = server;
    this.display = display;
  }

  /** The server itself takes a number that is free, and says which. */
  static async open(width = 1920, height = 1080): Promise<Screen> {
    const server = spawn(XVFB, ['-displayfd', '3', '-screen', '0', `${width}x${height}x24`, '-nolisten', 'tcp', '+extension', 'GLX'], { stdio: ['ignore', 'ignore', 'ignore', 'pipe'] });
    const told = server.stdio[3];
    if (told === null || told === undefined || !('on' in told)) throw new Error('the X server does not say its number');
    const display = await new Promise<string>((resolve, reject) => {
      let text = '';
      told.on('data', (some: Buffer) => {
        text += some.toString();
        if (text.endsWith('\n')) resolve(`:${text.trim()}`);
      });
      server.once('error', reject);
      server.once('exit', (code) => reject(new Error(`the X server ended with ${code}`)));
    });
    return new Screen(server, display);
  }

  close(): void {
    this.#server.kill('SIGTERM');
  }
}
