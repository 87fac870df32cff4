"""What a change would write, worked out from values alone: a preview, an effect and a reversal all ask here."""
