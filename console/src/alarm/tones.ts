// The sounds of the desk: one tone a priority, made here, for nothing is loaded from elsewhere.

let audio: AudioContext | null = null;

function beep(frequency: number, from: number, seconds: number): void {
  audio ??= new AudioContext();
  const tone = audio.createOscillator();
  const volume = audio.createGain();
  const start = audio.currentTime + from;
  tone.frequency.value = frequency;
  tone.connect(volume).connect(audio.destination);
  volume.gain.setValueAtTime(0.0001, start);
  volume.gain.exponentialRampToValueAtTime(0.35, start + 0.02);
  volume.gain.setValueAtTime(0.35, start + seconds - 0.05);
  volume.gain.exponentialRampToValueAtTime(0.0001, start + seconds);
  tone.start(start);
  tone.stop(start + seconds);
}

/** Threat to life: three falling pairs. */
export function alarm(): void {
  for (const from of [0, 0.5, 1]) {
    beep(988, from, 0.22);
    beep(740, from + 0.22, 0.22);
  }
}

/** Something new that is urgent: one tone. */
export function notice(): void {
  beep(660, 0, 0.18);
}
