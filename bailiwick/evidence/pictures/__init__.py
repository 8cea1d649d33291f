"""Pictures drawn on the server as SVG: marks and shapes, never colour alone, in the colour of the text around them."""
