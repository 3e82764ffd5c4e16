// A new request is heard and felt: two short tones, unless the sound is off, and a phone shakes.
import { preferences } from '../state/preferences.svelte';

export function callForAttention(): void {
  if ('vibrate' in navigator) navigator.vibrate([300, 150, 300]);
  if (!preferences.sound) return;
  const sound = new AudioContext();
  for (const at of [0, 0.35]) {
    const tone = sound.createOscillator();
    const volume = sound.createGain();
    tone.frequency.value = 880;
    volume.gain.value = 0.2;
    tone.connect(volume).connect(sound.destination);
    tone.start(sound.currentTime + at);
    tone.stop(sound.currentTime + at + 0.25);
  }
  setTimeout(() => void sound.close(), 1000);
}
