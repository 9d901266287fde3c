/** Two short tones, made here: no file to load in a basement. A browser that was never touched plays nothing, and that is no fault. */
export function beep(): void {
  try {
    const audio = new AudioContext()
    for (const [at, hz] of [[0, 880], [0.18, 1175]] as const) {
      const tone = audio.createOscillator()
      tone.frequency.value = hz
      tone.connect(audio.destination)
      tone.start(audio.currentTime + at)
      tone.stop(audio.currentTime + at + 0.14)
    }
    setTimeout(() => void audio.close(), 1000)
  } catch {
    // no sound here
  }
}
